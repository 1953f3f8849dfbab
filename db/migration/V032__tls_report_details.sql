-- What a report after RFC 8460 says of failures (section 4.4: from and to which address) and of the policy that was applied. Owner: pacing.
alter table tls_result
    add column sending_ip    varchar(45)  not null default '' comment 'of failures only' after result,
    add column receiving_ip  varchar(45)  not null default '' comment 'of failures only' after sending_ip,
    drop primary key,
    add primary key (day, domain, policy, host, result, sending_ip, receiving_ip);

-- the policy as it was applied that day: a later one must not stand in the day's report
create table tls_policy (
    day       date          not null,
    domain    varchar(255)  not null comment 'the recipients'', as A-label',
    policy    varchar(16)   not null comment 'tlsa or sts',
    host      varchar(255)  not null comment 'tlsa: whose records; sts: empty',
    applied   mediumtext    not null comment 'the last of that day',
    primary key (day, domain, policy, host)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
