-- An import writes what cannot be told from the rest: a new person is one row and not two, and rows of a file that say nothing of their
-- own are told by their neighbours. Owner: audience.

alter table contact
    add column attributes longtext null comment 'those of version 1, a JSON object of strings; null: they stand in contact_version, as those of all later versions do';

-- who is in an import: its audience, and what the next chunk knows its duplicates by
create table import_person (
    import_id   bigint  not null,
    contact_id  bigint  not null,
    row_no      bigint  not null comment 'the person''s first row, the one that was taken',
    primary key (import_id, contact_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;

insert into import_person (import_id, contact_id, row_no)
select import_id, contact_id, min(row_no) from import_row where contact_id is not null group by import_id, contact_id;

-- neighbouring rows of a file, one a line, one a contact in the order of their ids, with the address as the contact has it, one verdict and no
-- reason. They have no row in import_row
create table import_stretch (
    import_id     bigint       not null,
    from_row      bigint       not null,
    to_row        bigint       not null,
    from_line     bigint       not null,
    from_contact  bigint       not null,
    verdict       varchar(10)  not null,
    primary key (import_id, from_row)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_nopad_bin;
