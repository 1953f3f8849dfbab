package io.caravan.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Takes no connection any more, nor refuses one: whoever dials waits, as for a machine without power. */
final class DarkHost implements AutoCloseable {

    private final ServerSocket full;
    private final List<Socket> waiting = new ArrayList<>();

    DarkHost(String address, int port) throws IOException {
        full = new ServerSocket(port, 1, InetAddress.getByName(address));
        try {
            while (waiting.size() < 10) {
                Socket socket = new Socket();
                waiting.add(socket);
                socket.connect(full.getLocalSocketAddress(), 200);
            }
        } catch (SocketTimeoutException e) {
            return; // as it should
        }
        throw new AssertionError("its queue takes all");
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : waiting) {
            socket.close();
        }
        full.close();
    }
}
