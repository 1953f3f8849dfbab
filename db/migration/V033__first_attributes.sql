-- The attributes that a person came with stand in the contact itself, so that a new one is one row and not two. Owner: audience.

alter table contact
    add column attributes longtext null comment 'those of version 1, a JSON object of strings; null: they stand in contact_version, as those of all later versions do';
