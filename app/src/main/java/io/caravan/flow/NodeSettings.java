package io.caravan.flow;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.caravan.transport.Relay;
import io.caravan.transport.Transport;

/**
 * What a node is made of.
 *
 * @param name    the UUID of its data folder
 * @param bootId  of the machine: another one at the next start means that the power went
 * @param secretSha256 of the secret that Message-IDs and links are made with: the nodes of a database have one in common
 * @param lease   how long the node may be silent before others may think it dead
 * @param renew   how often it says that it lives
 * @param stays   by which settings mail stays in the built-in mailbox ({@link Sending#stays})
 */
public record NodeSettings(String name, String host, String bootId, String secretSha256, Path data, Path journal,
        Duration lease,
        Duration renew,
        List<Relay> relays, Transport.Mx mx, Transport.Settings transport, long stays) {

    /** All mail to mail exchangers together, in roads: room for some large providers that are slow, and for the rest beside them. */
    public static final int MX_ROADS = 2;
}
