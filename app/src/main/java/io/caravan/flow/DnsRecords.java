package io.caravan.flow;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;

import io.caravan.mail.TemporaryFault;

/** The JDK's own resolver: enough for one question when a person activates a key, and there for verbs that start nothing. */
public final class DnsRecords implements PublishedRecords {

    private final String servers;

    /** @param servers host or host:port; none: the system's */
    public DnsRecords(List<String> servers) {
        this.servers = servers.isEmpty()
                ? "dns:"
                : servers.stream().map(server -> "dns://" + server).collect(Collectors.joining(" "));
    }

    @Override
    @SuppressWarnings({"BanJNDI", "JdkObsolete"}) // the DNS gives texts and no objects; JNDI takes no other map
    public List<String> txt(String name) {
        Hashtable<String, String> settings = new Hashtable<>();
        settings.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        settings.put(Context.PROVIDER_URL, servers);
        settings.put("com.sun.jndi.dns.timeout.initial", "1500"); // ms; doubled at each try
        settings.put("com.sun.jndi.dns.timeout.retries", "2");
        try {
            InitialDirContext dns = new InitialDirContext(settings);
            try {
                Attribute found = dns.getAttributes(name, new String[]{"TXT"}).get("TXT");
                return found == null ? List.of() : texts(found);
            } finally {
                dns.close();
            }
        } catch (NameNotFoundException none) {
            return List.of();
        } catch (NamingException e) {
            throw new TemporaryFault("the DNS gives no answer for " + name + " (" + e.getMessage() + ")", e);
        }
    }

    private static List<String> texts(Attribute found) throws NamingException {
        List<String> texts = new ArrayList<>();
        NamingEnumeration<?> all = found.getAll();
        while (all.hasMore()) {
            texts.add(String.valueOf(all.next()));
        }
        return texts;
    }
}
