package io.caravan.bench;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Postfix's {@code smtp-sink} on a free loopback port: takes everything, keeps nothing. */
public final class Sink implements AutoCloseable {

    public final int port;
    final Process process;

    public Sink() throws Exception {
        this("127.0.0.1", freePort());
    }

    Sink(String address, int port) throws Exception {
        this.port = port;
        process = new ProcessBuilder(tool("smtp-sink"), "-u", "nobody", address + ":" + port, "512").inheritIO()
                .start();
        for (int i = 0; i < 100; i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), 100);
                return;
            } catch (java.io.IOException notYet) {
                Thread.sleep(20);
            }
        }
        process.destroy();
        throw new IllegalStateException("smtp-sink does not listen on " + address + ":" + port);
    }

    static int freePort() throws java.io.IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    static String tool(String name) {
        for (String folder : new String[]{"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"}) {
            if (new java.io.File(folder + name).canExecute()) {
                return folder + name;
            }
        }
        throw new NotHere(
                name + " is not here: apt-get install --no-install-recommends postfix (its daemon stays off)");
    }

    @Override
    public void close() {
        process.destroy();
    }
}
