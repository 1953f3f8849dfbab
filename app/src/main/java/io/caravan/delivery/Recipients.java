package io.caravan.delivery;

import java.util.Collection;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

import io.caravan.mail.ContactId;
import io.caravan.mail.RowId;
import io.caravan.mail.RunId;

/** Where one person stands in some runs: found by the key that keeps them from a second mail, a few reads a run. */
@Repository
public class Recipients {

    private final JdbcClient jdbc;

    Recipients(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The person's rows in these runs, the latest run first. */
    public List<RowId> rows(ContactId contact, Collection<RunId> runs) {
        if (runs.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("""
                select run_id, n from delivery where run_id in (:runs) and contact_id = :contact
                 order by run_id desc, seq""").param("runs", runs.stream().map(RunId::value).toList())
                .param("contact", contact.value()).query((rs, _) -> new RowId(rs.getLong(1), rs.getInt(2))).list();
    }
}
