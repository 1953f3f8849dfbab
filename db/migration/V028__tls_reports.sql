-- A line for each domain and day over tls_result, and what became of the day's report (RFC 8460). Owner: pacing. See db/README.md.
create table tls_day (
    day       date          not null,
    domain    varchar(255)  not null comment 'the recipients'', as A-label',
    ok        bigint        not null comment 'sessions',
    failed    bigint        not null comment 'sessions',
    troubled  boolean       as (failed > 0) persistent,
    report    varchar(8)    not null default 'due' comment 'due, sent, none (nobody asks for it) or failed',
    tries     int           not null default 0,
    next_at   datetime(6)   not null comment 'it is not tried before',
    said      varchar(500)  not null default '' comment 'what came of the last try',
    primary key (day, domain),
    key tls_day_troubled (day, troubled, domain),
    key tls_day_report (day, report, next_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert into tls_day (day, domain, ok, failed, next_at)
select day, domain, sum(if(result = 'success', sessions, 0)), sum(if(result = 'success', 0, sessions)), day + interval 1 day
from tls_result group by day, domain;
