package io.caravan.audience;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

import io.caravan.mail.ListId;

/** A list without its members: these may be millions. */
@Table("list")
record ContactList(@Id ListId id, String name) {
}
