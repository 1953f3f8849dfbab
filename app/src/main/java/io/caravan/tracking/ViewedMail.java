package io.caravan.tracking;

import java.util.Optional;

import io.caravan.mail.RowId;

/** Port: the HTML of the mail that a row got, images inside it as data: URIs. */
@FunctionalInterface
public interface ViewedMail {

    /** UTF-8; empty if the mail has no HTML or is not kept any more. */
    Optional<byte[]> html(RowId row);
}
