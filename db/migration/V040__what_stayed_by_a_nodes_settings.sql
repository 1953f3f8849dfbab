-- Whether a lost node's mail was only for the built-in mailbox is told by its own settings, not by those of the node that declares it lost. Owner: nodes.

alter table node
    add column stays       bigint null comment 'the settings by which mail stays in the built-in mailbox, as a number: two that keep alike have the same',
    add column stays_epoch int    null comment 'of the life that had them';
