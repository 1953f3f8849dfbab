package io.caravan.mailbox;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/** A kept mail's bytes, apart from the list. */
@Table("mailbox_source")
record Source(@Id long messageId, byte[] source) {
}
