-- A scrape asks how many mails wait for their next attempt, by lane: a count that is kept, or it would read all of them. Owner: delivery.

alter table run_lane
    add column deferred bigint not null default 0 comment 'its rows in retry, those in a batch among them';

update run_lane l join (select run_id, lane_id, count(*) as n from retry group by run_id, lane_id) t
    on t.run_id = l.run_id and t.lane_id = l.lane_id
   set l.deferred = t.n;
