package io.caravan.campaign;

import java.util.List;

import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

import io.caravan.mail.RunId;

/** Runs whose firing came late. */
interface LateRunRepository extends Repository<Run, RunId> {

    @Query("""
            select * from run where opened_at > scheduled_for + interval :seconds second order by id desc limit :limit""")
    List<Run> late(long seconds, int limit);
}
