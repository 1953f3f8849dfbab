/**
 * Makes mail: a closed template engine, and a writer of MIME as bytes.
 *
 * <p>Begin at {@link io.caravan.rendering.Mailings#compile}, which checks a campaign's templates and says every problem with file and
 * line, then {@link io.caravan.rendering.Mailing#evaluate} (what is missing for this person) and
 * {@link io.caravan.rendering.Mailing#render} (the finished mail). How the sandbox holds: at compile every expression is taken out of
 * the template, read by our own small grammar, and replaced by its number; Thymeleaf then runs a dialect whose processors know
 * numbers only, over plain text even for HTML ({@link io.caravan.rendering.FlatHtml}). No expression language other than {@link io.caravan.rendering.Expression} is ever called, with or without data of a
 * person in it.
 *
 * <p>It never opens a file or a socket, never reads a clock but for its own time limit, never uses {@code MimeMessage}, and the same
 * input gives the same bytes.
 */
@NullMarked
package io.caravan.rendering;

import org.jspecify.annotations.NullMarked;
