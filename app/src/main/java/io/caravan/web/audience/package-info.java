/**
 * The pages of the audience: lists, contacts, imports, uploads.
 *
 * <p>Begin at {@link io.caravan.web.audience.ListPages}. Controllers ask the audience ledger and call {@code flow}; every list is read a piece
 * at a time by its key. They hold no rule of the product and no SQL.
 */
@NullMarked
package io.caravan.web.audience;

import org.jspecify.annotations.NullMarked;
