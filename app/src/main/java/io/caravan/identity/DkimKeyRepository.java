package io.caravan.identity;

import java.util.List;

import org.springframework.data.repository.Repository;

/** Reading; writing is statements of its own. */
interface DkimKeyRepository extends Repository<DkimKey, Long> {

    List<DkimKey> findByDomainOrderById(String domain);

    List<DkimKey> findAllByOrderByDomainAscIdAsc();
}
