-- What searches of the pages are found by, so that none reads more than it gives. Owners: audience, mailbox.

-- neighbouring rows of a file that share their verdict: mostly a line for each thousand rows, so an import hardly pays for it
create table import_span (
    import_id   bigint        not null,
    verdict     varchar(10)   not null,
    from_row    bigint        not null,
    to_row      bigint        not null comment 'every number between is a row of that verdict',
    primary key (import_id, verdict, from_row)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert into import_span (import_id, verdict, from_row, to_row)
select import_id, verdict, min(row_no), max(row_no)
  from (select import_id, verdict, row_no, row_no - row_number() over (partition by import_id, verdict order by row_no) as island
          from import_row) numbered
 group by import_id, verdict, island;

-- mails are kept in the order of their ids, which is that of their times but for some seconds: so a time becomes an id
alter table mailbox_message
    add key mailbox_received (received_at);
