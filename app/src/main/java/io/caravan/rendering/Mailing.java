package io.caravan.rendering;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A campaign's templates, compiled, and its attachments, encoded. Immutable and thread-safe; made once per campaign version by
 * {@link Mailings}. Costs some ten microseconds a mail.
 */
public final class Mailing {

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);
    private static final Marks SAMPLE = new Marks("<sample@caravan.invalid>", Instant.EPOCH,
            "https://caravan.invalid/u/sample",
            "https://caravan.invalid/v/sample", "https://caravan.invalid/p/sample", "", "", "", Map.of());

    /** Before the subject of a test. */
    private static final String TEST = "[Test] ";

    private final Compiled compiled;
    private final MailLimits limits;
    private final long typicalSize;

    /** What {@link Mailings} made. */
    record Compiled(Mailbox from, @Nullable Mailbox replyTo, Subject subject, boolean html, boolean text, Engine engine,
            Sites sites,
            List<byte[]> inline, List<byte[]> attachments) {
    }

    /** Buffers of one thread, used again from mail to mail. */
    private static final class Scratch {
        private final CharSink text = new CharSink();
        private final ByteSink bytes = new ByteSink();
    }

    Mailing(Compiled compiled, MailLimits limits) {
        this.compiled = compiled;
        this.limits = limits;
        Set<Shortcoming> ignored = new LinkedHashSet<>();
        typicalSize = size(write(new Person("sample@caravan.invalid", Map.of()), SAMPLE, ignored));
    }

    /** What would stop this person's mail; empty if nothing would. Evaluates every expression that the mail itself would. */
    public List<Shortcoming> evaluate(Person person) {
        Set<Shortcoming> found = new LinkedHashSet<>();
        try {
            preview(person, SAMPLE, found);
        } catch (RenderingFault e) {
            found.add(shortcoming(e));
        }
        return List.copyOf(found);
    }

    private static Shortcoming shortcoming(RenderingFault fault) {
        String message = String.valueOf(fault.getMessage());
        String[] parts = message.split(":", 3);
        boolean placed = parts.length == 3 && parts[1].matches("\\d{1,7}");
        return placed
                ? new Shortcoming(parts[0], Integer.parseInt(parts[1]), "", parts[2].strip())
                : new Shortcoming("template", 1, "", message);
    }

    /**
     * The finished mail: header and body, CRLF line ends, never 8-bit (but for an address that is not ASCII), ends with CRLF. Each
     * segment begins at a line's start; those of attachments are shared and must not be changed. The same input gives the same bytes.
     *
     * @throws RenderingFault with template and line
     */
    public List<byte[]> render(Person person, Marks marks) {
        return write(person, marks, null);
    }

    /**
     * The mail that this person would get, addressed to somebody else who wants to see it: marked as a test in its subject. What else
     * tells it from the real one is in the marks.
     *
     * @param to whom the header To names
     * @throws RenderingFault with template and line
     */
    public List<byte[]> renderTest(Person person, String to, Marks marks) {
        return write(person, marks, null, Mailbox.of(to, null), TEST);
    }

    /** The same, not encoded, for people to look at. */
    public Preview preview(Person person, Marks marks) {
        return preview(person, marks, null);
    }

    /** Bytes of a mail to somebody of whom nothing is known, with all attachments. */
    public long typicalSize() {
        return typicalSize;
    }

    /** Bytes of each mail that are the same in all of them, and in memory once: its attachments and pictures. */
    public long sharedBytes() {
        return size(compiled.attachments) + (compiled.html ? size(compiled.inline) : 0);
    }

    private Preview preview(Person person, Marks marks, @Nullable Set<Shortcoming> found) {
        Frame frame = new Frame(compiled.sites, limits, person, marks, found);
        CharSink sink = SCRATCH.get().text;
        Mailbox.of(person.address(), null);
        String subject = compiled.subject.render(frame);
        String html = "";
        String text = "";
        if (compiled.html) {
            compiled.engine.render(Engine.HTML, frame, sink.empty(limits.mailBytes()));
            html = found == null ? sink.toString() : "";
        }
        if (compiled.text) {
            compiled.engine.render(Engine.TEXT, frame, sink.empty(limits.mailBytes()));
            sink.stripLeading();
            text = found == null ? sink.toString() : "";
        }
        return new Preview(subject, html, text);
    }

    private List<byte[]> write(Person person, Marks marks, @Nullable Set<Shortcoming> found) {
        return write(person, marks, found, Mailbox.of(person.address(), person.attributes().get("name")), "");
    }

    private List<byte[]> write(Person person, Marks marks, @Nullable Set<Shortcoming> found, Mailbox to,
            String prefix) {
        Scratch scratch = SCRATCH.get();
        scratch.bytes.empty();
        Frame frame = new Frame(compiled.sites, limits, person, marks, found);
        MimeWriter mime = new MimeWriter(scratch.bytes);
        mime.header(compiled.from, to, compiled.replyTo, prefix + compiled.subject.render(frame), marks);
        boolean mixed = !compiled.attachments.isEmpty();
        if (mixed) {
            mime.open("mixed", 'm', "");
            mime.part('m');
        }
        bodies(mime, frame, scratch.text);
        for (byte[] attachment : compiled.attachments) {
            mime.part('m');
            mime.shared(attachment);
        }
        if (mixed) {
            mime.close('m');
        }
        List<byte[]> segments = mime.finish();
        if (size(segments) > limits.mailBytes()) {
            throw new RenderingFault(
                    "template:1: the mail is longer than " + limits.mailBytes() + " bytes; make it shorter");
        }
        return segments;
    }

    private void bodies(MimeWriter mime, Frame frame, CharSink sink) {
        boolean both = compiled.html && compiled.text;
        if (both) {
            mime.open("alternative", 'a', "");
            mime.part('a');
        }
        if (compiled.text) {
            compiled.engine.render(Engine.TEXT, frame, sink.empty(limits.mailBytes()));
            sink.stripLeading();
            mime.body("plain", sink);
        }
        if (both) {
            mime.part('a');
        }
        if (compiled.html) {
            html(mime, frame, sink);
        }
        if (both) {
            mime.close('a');
        }
    }

    private void html(MimeWriter mime, Frame frame, CharSink sink) {
        boolean related = !compiled.inline.isEmpty();
        if (related) {
            mime.open("related", 'r', "; type=\"text/html\"");
            mime.part('r');
        }
        compiled.engine.render(Engine.HTML, frame, sink.empty(limits.mailBytes()));
        mime.body("html", sink);
        for (byte[] picture : compiled.inline) {
            mime.part('r');
            mime.shared(picture);
        }
        if (related) {
            mime.close('r');
        }
    }

    private static long size(List<byte[]> segments) {
        long size = 0;
        for (byte[] segment : segments) {
            size += segment.length;
        }
        return size;
    }
}
