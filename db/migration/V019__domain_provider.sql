-- Which mailbox provider a domain is of, and what its DNS said of its mail. Owner: pacing. See db/README.md.

create table domain_provider (
    domain        varchar(255)  not null primary key comment 'as A-label, lower case',
    provider      varchar(255)  not null,
    mx            varchar(500)  not null comment 'the best mail exchanger; empty if it has none',
    dead          varchar(500)  not null comment 'why it takes no mail, for certain; empty: it does',
    looked_up_at  datetime(6)   not null,
    expires       datetime(6)   not null,
    key domain_provider_expires (expires)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

-- the domains of one provider share a lane, and so their place in the order of a plan: the rows to be planned say which lane it is
alter table plan_row add column lane_id int not null default 0 after spread;
update plan_row p join plan_lane t on t.run_id = p.run_id and t.domain = '*'
    left join plan_lane l on l.run_id = p.run_id and l.rank = p.rank
    set p.lane_id = coalesce(l.lane_id, t.lane_id);
alter table plan_lane drop key plan_lane_rank, add key plan_lane_rank (run_id, rank);
