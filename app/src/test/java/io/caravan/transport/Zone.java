package io.caravan.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A DNS in memory, for what is decided by it; validated where a test says so. Nothing else exists. */
final class Zone implements Dns {

    private final Map<String, List<Mx>> mx = new ConcurrentHashMap<>();
    private final Map<String, List<InetAddress>> addresses = new ConcurrentHashMap<>();
    private final Map<String, List<Tlsa>> tlsa = new ConcurrentHashMap<>();
    private final Map<String, List<String>> txt = new ConcurrentHashMap<>();
    private final Map<String, List<String>> aliases = new ConcurrentHashMap<>();
    private final Set<String> unvalidated = ConcurrentHashMap.newKeySet();
    private final Set<String> broken = new HashSet<>();
    private final AtomicInteger asked = new AtomicInteger();
    volatile boolean validates;

    Zone host(String domain, int preference, String host, String address) throws UnknownHostException {
        mx.computeIfAbsent(domain, _ -> new ArrayList<>()).add(new Mx(preference, host));
        return address(host, address);
    }

    Zone address(String host, String... addresses) throws UnknownHostException {
        List<InetAddress> all = new ArrayList<>();
        for (String address : addresses) {
            all.add(InetAddress.getByName(address));
        }
        this.addresses.put(host, all);
        return this;
    }

    Zone alias(String name, String target) {
        aliases.put(name, List.of(target));
        return this;
    }

    Zone tlsa(String host, Tlsa... records) {
        tlsa.put(host, List.of(records));
        return this;
    }

    /** In place of what was there. */
    Zone txt(String name, String text, String... more) {
        txt.put(name, Stream.concat(Stream.of(text), Stream.of(more)).toList());
        return this;
    }

    Zone withoutTxt(String name) {
        txt.remove(name);
        return this;
    }

    Zone validating() {
        validates = true;
        return this;
    }

    /** Of this name answers carry no AD, whatever the others do. */
    Zone unvalidated(String name) {
        unvalidated.add(name);
        return this;
    }

    Zone broken(String name) {
        broken.add(name);
        return this;
    }

    int askedForTxt() {
        return asked.get();
    }

    private <T> Answer<T> answer(String asked, Map<String, List<T>> from) {
        if (broken.contains(asked)) {
            return new Fault<>("127.0.0.1:53", "answered SERVFAIL for " + asked);
        }
        String name = asked;
        boolean authentic = validates && !unvalidated.contains(name);
        while (from != (Object) aliases && aliases.containsKey(name)) {
            name = aliases.get(name).getFirst();
            authentic &= !unvalidated.contains(name);
        }
        List<T> found = from.getOrDefault(name, List.of());
        return found.isEmpty()
                ? None.certain(false, Duration.ofMinutes(1), authentic)
                : new Records<>(found, Duration.ofMinutes(1), authentic, name);
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return answer(domain, mx);
    }

    @Override
    public Answer<String> alias(String name) {
        return broken.contains("_cname." + name) ? answer("_cname." + name, aliases) : answer(name, aliases);
    }

    @Override
    public Answer<InetAddress> addresses(String host) {
        return answer(host, addresses);
    }

    @Override
    public Answer<Tlsa> tlsa(int port, String host) {
        Answer<Tlsa> answer = answer("_tlsa." + host, Map.of("_tlsa." + host, tlsa.getOrDefault(host, List.of())));
        return answer;
    }

    @Override
    public Answer<String> txt(String name) {
        asked.incrementAndGet();
        return answer(name, txt);
    }
}
