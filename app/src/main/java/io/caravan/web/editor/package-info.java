/**
 * The campaign editor in steps, and the preview of mails as people of the audience get them.
 *
 * <p>Begin at {@link io.caravan.web.editor.EditorSteps} (how every step is read, saved and refused) and
 * {@link io.caravan.web.editor.PreviewPages}. A draft is nothing but a campaign file with its files; it holds no rule of its own: what is
 * wrong, who is reached and how a mail looks is asked of {@code flow}, and a mail's markup is only ever served alone, for a sandboxed frame.
 */
@NullMarked
package io.caravan.web.editor;

import org.jspecify.annotations.NullMarked;
