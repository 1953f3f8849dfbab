package io.caravan.pacing;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lanes: one per sending identity and mailbox provider, and one per identity for the tail of small providers. */
@Repository
public class Lanes {

    /** The provider name of an identity's tail. */
    public static final String TAIL = "*";

    private final JdbcClient jdbc;

    public Lanes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Lane ids by provider; lanes that did not exist are made. */
    public Map<String, Integer> ids(String identity, Collection<String> providers) {
        Map<String, Integer> known = known(identity);
        for (String provider : providers) {
            if (!known.containsKey(provider)) {
                jdbc.sql("insert ignore into lane (identity, provider) values (:identity, :provider)")
                        .param("identity", identity)
                        .param("provider", provider).update();
            }
        }
        Map<String, Integer> all = known(identity);
        all.keySet().retainAll(providers);
        return all;
    }

    /** The lane of an identity's small providers. */
    public int tail(String identity) {
        return ids(identity, List.of(TAIL)).values().iterator().next();
    }

    /** What a lane's number stands for: its provider, {@link #TAIL} for the tail. */
    public String provider(int lane) {
        return jdbc.sql("select provider from lane where id = :id").param("id", lane).query(String.class).optional()
                .orElse(TAIL);
    }

    /** The providers of many lanes at once. */
    public Map<Integer, String> providers(Collection<Integer> lanes) {
        Map<Integer, String> names = new HashMap<>();
        if (!lanes.isEmpty()) {
            jdbc.sql("select id, provider from lane where id in (:ids)").param("ids", lanes)
                    .query((rs, _) -> names.put(rs.getInt(1), rs.getString(2))).list();
        }
        return names;
    }

    /** A lane by its names. */
    public record Lane(int id, String identity, String provider) {
    }

    /** By identity and provider, after such a pair. */
    public List<Lane> page(String identity, String provider, int limit) {
        return jdbc.sql("""
                select id, identity, provider from lane where identity > :identity or identity = :identity and provider > :provider
                order by identity, provider limit :limit""").param("identity", identity).param("provider", provider)
                .param("limit", limit)
                .query((rs, _) -> new Lane(rs.getInt(1), rs.getString(2), rs.getString(3))).list();
    }

    /** The identities that mail was ever planned for, by name. */
    public List<String> identities() {
        return jdbc.sql("select distinct identity from lane order by identity").query(String.class).list(); // from the key lane_name alone
    }

    /** All lanes of an identity, of a provider, or of both; empty: whichever. */
    public Set<Integer> matching(String identity, String provider) {
        return Set.copyOf(jdbc.sql("select id from lane where (:identity = '' or identity = :identity)"
                + " and (:provider = '' or provider = :provider)").param("identity", identity)
                .param("provider", provider).query(Integer.class).list());
    }

    public List<Lane> of(Collection<Integer> ids) {
        return ids.isEmpty()
                ? List.of()
                : jdbc.sql("select id, identity, provider from lane where id in (:ids) order by identity, provider")
                        .param("ids", ids)
                        .query((rs, _) -> new Lane(rs.getInt(1), rs.getString(2), rs.getString(3))).list();
    }

    private Map<String, Integer> known(String identity) {
        Map<String, Integer> ids = new HashMap<>();
        jdbc.sql("select provider, id from lane where identity = :identity").param("identity", identity)
                .query((rs, _) -> ids.put(rs.getString(1), rs.getInt(2))).list();
        return ids;
    }
}
