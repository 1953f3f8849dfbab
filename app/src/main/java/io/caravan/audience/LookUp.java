package io.caravan.audience;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.springframework.jdbc.core.JdbcTemplate;

/** Asks once what is known of many people. */
final class LookUp {

    private final JdbcTemplate jdbc;

    LookUp(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @param addresses canonical. Nobody knows those who are missing in the answer */
    Map<String, Known> of(Import running, List<String> addresses, LocalDateTime now) {
        Map<String, Known> known = HashMap.newHashMap(addresses.size());
        if (addresses.isEmpty()) {
            return known;
        }
        // one constant statement: the chunk's addresses come as one parameter, and each is looked up by keys that can match once
        jdbc.query("""
                select j.address, coalesce(c.id, 0), coalesce(c.written, ''), coalesce(c.version, 0), coalesce(v.attributes, c.attributes), m.contact_id is not null,
                       coalesce(p.row_no, 0), coalesce(g.id, l.id, 0)
                  from json_table(?, '$[*]' columns (address varchar(320) path '$')) j
                  left join contact c on c.address = j.address collate utf8mb4_nopad_bin
                  left join contact_version v on v.contact_id = c.id and v.version = c.version
                  left join list_member m on m.list_id = ? and m.contact_id = c.id
                  left join import_person p on p.import_id = ? and p.contact_id = c.id
                  left join suppression g on g.address = j.address collate utf8mb4_nopad_bin and g.scope = 'global'
                       and (g.expires_at is null or g.expires_at > ?)
                  left join suppression l on l.address = j.address collate utf8mb4_nopad_bin and l.scope = ?
                       and (l.expires_at is null or l.expires_at > ?)
                 where c.id is not null or g.id is not null or l.id is not null""", rs -> {
            known.put(rs.getString(1), new Known(rs.getLong(2), rs.getString(3), rs.getInt(4), rs.getString(5),
                    rs.getBoolean(6), rs.getLong(7), rs.getLong(8)));
        }, Attributes.array(addresses), running.list().value(), running.id(), now, "list:" + running.listName(), now);
        return known;
    }
}
