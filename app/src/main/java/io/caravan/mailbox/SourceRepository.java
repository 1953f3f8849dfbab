package io.caravan.mailbox;

import java.util.Optional;

import org.springframework.data.repository.Repository;

interface SourceRepository extends Repository<Source, Long> {

    Optional<Source> findById(long messageId);
}
