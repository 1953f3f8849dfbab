package io.caravan.campaign;

import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which campaigns mail which list, by their version in force. */
@Repository
public class ListUse {

    private static final int LATELY = 500;

    /** @param list the list, or that of the CSV which feeds the campaign */
    public record Use(String campaign, String list) {
    }

    private final JdbcClient jdbc;

    ListUse(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Of the five hundred campaigns that were changed last, in the order of their names. */
    public List<Use> all() {
        return jdbc.sql("""
                select c.name, coalesce(json_value(v.spec, '$.audience.list'),
                                        regexp_replace(json_value(v.spec, '$.audience.csv'), '(?i)[.](csv[.]gz|csv|tsv)$', '')) as list
                  from (select id, name, version from campaign order by updated_at desc limit %d) c
                  join campaign_version v on v.campaign_id = c.id and v.version = c.version
                having list is not null
                 order by c.name""".formatted(LATELY)).query((rs, _) -> new Use(rs.getString(1), rs.getString(2)))
                .list();
    }
}
