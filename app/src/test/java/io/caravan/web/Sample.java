package io.caravan.web;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.caravan.mail.RowState;
import io.caravan.mail.RunId;
import io.caravan.mail.RunState;
import io.caravan.web.Overview.RunLine;

/** Runs and mails that look like those of a real day. */
public final class Sample {

    private static final String PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static final String MAIL = """
            Date: Tue, 24 Nov 2026 09:00:00 +0000
            From: Ana's Shop <news@shop.example>
            To: ana@example.org
            Subject: =?UTF-8?Q?Spring_is_here,_Ana_=F0=9F=8C=B7?=
            Message-ID: <1.1.abc@shop.example>
            List-Unsubscribe: <https://mail.shop.example/u/1.1.abcdef>
            List-Unsubscribe-Post: List-Unsubscribe=One-Click
            DKIM-Signature: v=1; a=rsa-sha256; d=shop.example; s=c1;
             h=From:To:Subject:Date:Message-ID;
             bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Dear Ana,
            the first grüne Soße of the year is here.
            --a
            Content-Type: text/html; charset=iso-8859-1
            Content-Transfer-Encoding: quoted-printable

            <html><head><meta charset=3D"iso-8859-1"></head><body style=3D"font-family:Georgia,serif;margin:0;background:#f3efe6">
            <div style=3D"max-width:34rem;margin:1.5rem auto;background:#fff;padding:2rem">
            <img src=3D"cid:logo%40shop" width=3D"48" height=3D"48" alt=3D"logo"><h1 id=3D"greeting">Dear Ana,</h1>
            <p>the first gr=FCne So=DFe of the year is here.</p>
            <p><a href=3D"https://shop.example/spring?a=3D1&amp;b=3D2">To the shop</a></p>
            <img src=3D"https://shop.example/remote.png" alt=3D"A remote picture">
            </div></body></html>
            --a--
            --r
            Content-Type: image/png
            Content-ID: <logo@shop>
            Content-Disposition: inline; filename=logo.png
            Content-Transfer-Encoding: base64

            PIXEL
            --r--
            --m
            Content-Type: application/pdf; name="=?UTF-8?Q?Bedingungen_=C3=BC.pdf?="
            Content-Disposition: attachment; filename="=?UTF-8?Q?Bedingungen_=C3=BC.pdf?="
            Content-Transfer-Encoding: base64

            JVBERi0xLjQK
            --m--
            """.replace("PIXEL", PIXEL);

    private Sample() {
    }

    static List<RunLine> runs() {
        Instant now = Instant.now();
        return List.of(
                run("spring-2026", 1, RunState.RUNNING, null, now.minusSeconds(13), null, 1_240.4, null,
                        Map.of(RowState.ACCEPTED, 14_802L, RowState.BOUNCED, 61L, RowState.DEFERRED, 212L,
                                RowState.SENDING, 500L,
                                RowState.SUPPRESSED, 118L, RowState.PENDING, 4_307L)),
                run("newsletter-weekly", 47, RunState.RUNNING, null, now.minus(Duration.ofHours(3)), null, 8.3,
                        "its rate of 500/min; 91,204 wait and go by themselves",
                        Map.of(RowState.ACCEPTED, 308_796L, RowState.BOUNCED, 802L, RowState.COMPLAINED, 3L,
                                RowState.EXPIRED, 41L,
                                RowState.FAILED, 7L, RowState.SUPPRESSED, 1_204L, RowState.IN_DOUBT, 2L,
                                RowState.PENDING, 91_204L)),
                run("winter-recall", 2, RunState.ASKING, "It was due at 09:00 and is 2 h late.",
                        now.minus(Duration.ofHours(2)), null, 0, null,
                        Map.of(RowState.PENDING, 5_120L)),
                run("autumn-2026", 1, RunState.REFUSED,
                        "row 812: 'first_name' is missing (autumn.html, line 14); give it a default as in "
                                + "${first_name} ?: 'friend'",
                        now.minus(Duration.ofDays(1)), now.minus(Duration.ofDays(1)).plusSeconds(2), 0, null,
                        Map.of(RowState.CANCELLED, 812L)),
                run("welcome", 1, RunState.FINISHED, null, now.minus(Duration.ofDays(2)),
                        now.minus(Duration.ofDays(2)).plusSeconds(133), 0, null,
                        Map.of(RowState.ACCEPTED, 19_990L, RowState.BOUNCED, 10L)));
    }

    static RunLine run(String campaign, int number, RunState state, @Nullable String reason, Instant opened,
            @Nullable Instant finished,
            double rate, @Nullable String hold, Map<RowState, Long> counts) {
        long planned = counts.values().stream().mapToLong(Long::longValue).sum();
        return new RunLine(campaign, number, new RunId(number), state, "first", reason, opened, finished, planned,
                counts.isEmpty() ? Map.of() : new EnumMap<>(counts), rate, hold);
    }
}
