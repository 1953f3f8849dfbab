package io.caravan.transport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One request to a host that a stranger named: the certificate must be trusted and for that name, nothing is followed elsewhere, and time is
 * not without end. Nothing is sent before the certificate is checked, so who points at a machine of ours learns nothing of it.
 */
final class HttpsOnce {

    private static final int MOST_ADDRESSES = 3;

    /** Reads what comes back, and knows how much it takes. */
    interface Answer<T> {
        T read(InputStream in) throws IOException;
    }

    private final Dns dns;
    private final Trust trust;
    private final Duration patience;

    /** @param patience for all of it, name to last byte */
    HttpsOnce(Dns dns, Trust trust, Duration patience) {
        this.dns = dns;
        this.trust = trust;
        this.patience = patience;
    }

    /**
     * @throws SSLException the certificate does not count, or there is no TLS
     * @throws IOException  no address of the host answered as it should
     */
    <T> T exchange(String host, int port, byte[] request, Answer<T> answer) throws IOException {
        long until = System.nanoTime() + patience.toNanos();
        IOException last = new IOException("has no address");
        List<InetAddress> addresses = addresses(host);
        for (int i = 0; i < addresses.size(); i++) {
            Duration toConnect = left(until).dividedBy(addresses.size() - i); // one that is dead leaves time for the next
            try {
                return exchange(new InetSocketAddress(addresses.get(i), port), host, toConnect, until, request, answer);
            } catch (SSLException e) {
                throw e;
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private List<InetAddress> addresses(String host) throws IOException {
        return switch (dns.addresses(host)) {
            case Dns.Records<InetAddress> found -> inTurn(found.list()).limit(MOST_ADDRESSES).toList();
            case Dns.None<InetAddress> _ -> List.of();
            case Dns.Fault<InetAddress> fault -> throw new IOException(fault.toString());
        };
    }

    /** Both families, the first one's address first: one of them may lead nowhere from here. */
    private static Stream<InetAddress> inTurn(List<InetAddress> all) {
        Map<Class<?>, Integer> places = new HashMap<>();
        return all.stream().map(address -> Map.entry(places.merge(address.getClass(), 1, Integer::sum), address))
                .sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue);
    }

    private <T> T exchange(InetSocketAddress to, String host, Duration toConnect, long until, byte[] request,
            Answer<T> answer) throws IOException {
        try (Socket plain = new Socket()) {
            Thread clock = cutAt(until, plain);
            try {
                plain.connect(to, (int) Math.max(1, toConnect.toMillis()));
                SSLSocket tls = (SSLSocket) trust.context().getSocketFactory().createSocket(plain, host, to.getPort(),
                        true);
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                tls.setSSLParameters(parameters);
                tls.startHandshake();
                tls.getOutputStream().write(request);
                return answer.read(tls.getInputStream());
            } catch (IOException e) {
                throw left(until).isPositive()
                        ? e
                        : new IOException("no answer within " + patience.toMillis() + " ms", e);
            } finally {
                clock.interrupt();
            }
        }
    }

    private static Duration left(long until) {
        return Duration.ofNanos(until - System.nanoTime());
    }

    /** A socket's own timeout ends a single read, not a host that gives a byte a second. */
    private static Thread cutAt(long until, Socket socket) {
        return Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(left(until));
                socket.close();
            } catch (InterruptedException | IOException e) {
                // it is over in either case
            }
        });
    }
}
