/**
 * The bytes that campaigns are made of: template texts, attachments and images, kept by the hash of their bytes.
 *
 * <p>Begin at {@link io.caravan.content.Contents#keep}: a content's id is its version, and two equal files are one row. It never
 * changes or deletes bytes that a version may name, and never looks into them.
 */
@NullMarked
package io.caravan.content;

import org.jspecify.annotations.NullMarked;
