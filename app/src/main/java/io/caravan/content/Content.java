package io.caravan.content;

import java.time.Instant;

import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

@Table("content")
record Content(@Id long id, String sha256, byte[] bytes, Instant createdAt) {
}
