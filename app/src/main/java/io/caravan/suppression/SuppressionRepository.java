package io.caravan.suppression;

import java.util.List;
import java.util.Optional;

import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

/** Reading, one by one and by the page. Writing and the questions of batches are statements of their own. */
interface SuppressionRepository extends Repository<Suppression, Long> {

    Optional<Suppression> findById(long id);

    List<Suppression> findByAddressOrderById(String address);

    List<Suppression> findByIdLessThanOrderByIdDesc(long before, Limit limit);

    List<Suppression> findByIdGreaterThanOrderById(long after, Limit limit);

    long count();
}
