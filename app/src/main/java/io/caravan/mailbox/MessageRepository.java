package io.caravan.mailbox;

import java.util.List;
import java.util.Optional;

import org.springframework.data.domain.Limit;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** The list of kept mails, read. They come in and go by the hundred, in statements of their own. */
interface MessageRepository extends Repository<MessageRow, Long> {

    Optional<MessageRow> findById(long id);

    Optional<MessageRow> findByRunIdAndN(long runId, int n);

    List<MessageRow> findByIdLessThanOrderByIdDesc(long before, Limit limit);

    /** @param like a pattern in which {@code !} escapes */
    @Query("""
            select * from mailbox_message where id < :before
              and concat_ws('\\n', recipient, subject, campaign) collate utf8mb4_unicode_ci like :like escape '!'
             order by id desc limit :limit""")
    List<MessageRow> search(String like, long before, int limit);

    long count();
}
