package io.caravan.mailbox;

import java.util.List;
import java.util.Optional;

import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

/** The list of kept mails, read. They come in and go by the hundred, in statements of their own. */
interface MessageRepository extends Repository<MessageRow, Long> {

    Optional<MessageRow> findById(long id);

    Optional<MessageRow> findByRunIdAndN(long runId, int n);

    List<MessageRow> findByIdLessThanOrderByIdDesc(long before, Limit limit);

    long count();
}
