package io.caravan.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** From the name of a relay's host to its addresses. */
public interface HostNames {

    /** As this system resolves names. */
    HostNames OF_SYSTEM = host -> {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new UnknownHostException("the host name " + host + " is not known");
        }
    };

    /**
     * May wait for the network.
     *
     * @param host a name, or an address without brackets
     * @return at least one, in the order in which they are to be tried
     * @throws UnknownHostException with a sentence: there is none, or nobody could say
     */
    List<InetAddress> of(String host) throws UnknownHostException;
}
