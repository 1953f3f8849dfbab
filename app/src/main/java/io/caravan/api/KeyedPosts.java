package io.caravan.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

import io.caravan.api.Refused.Fault;
import io.caravan.flow.NodeLife;
import io.caravan.nodes.KeyedRequests;
import io.caravan.nodes.KeyedRequests.Answer;
import io.caravan.nodes.KeyedRequests.Verdict;
import io.caravan.nodes.Node;

/**
 * {@code Idempotency-Key} on POST (IETF draft httpapi-idempotency-key-header): the first request does the work, the same again within 24
 * hours gets its answer, those that come meanwhile wait for it. An answer of 500 and above is not kept: the request may be sent again.
 */
final class KeyedPosts extends OncePerRequestFilter {

    static final String HEADER = "Idempotency-Key";
    /** The request's attribute for what must not be done twice though the request is done again: 16 bytes, see {@link Verdict.Yours}. */
    static final String WORK = "io.caravan.work";
    private static final Logger LOG = LoggerFactory.getLogger(KeyedPosts.class);
    private static final int LONGEST = 255;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final List<String> KEPT = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION, HttpHeaders.LINK,
            HttpHeaders.ETAG, HttpHeaders.CONTENT_DISPOSITION);

    private final KeyedRequests requests;
    private final NodeLife life;
    private final ErrorAnswers answers;
    /** Requests that this process is at; whoever brings the same key waits for the latch. */
    private final ConcurrentMap<String, CountDownLatch> atWork = new ConcurrentHashMap<>();

    KeyedPosts(KeyedRequests requests, NodeLife life, ErrorAnswers answers) {
        this.requests = requests;
        this.life = life;
        this.answers = answers;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !HttpMethod.POST.matches(request.getMethod()) || request.getHeader(HEADER) == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader(HEADER);
        if (!key.matches("[!-~]{1," + LONGEST + "}")) {
            refuse(request, response, HttpStatus.BAD_REQUEST, "invalid",
                    HEADER + " must be 1 to " + LONGEST + " visible ASCII characters, a UUID for example");
            return;
        }
        ReadRequest read = ReadRequest.of(request);
        if (read == null) {
            refuse(request, response, HttpStatus.CONTENT_TOO_LARGE, "too_large",
                    "the body is larger than what " + HEADER + " can be used with; leave the key out, or send less");
            return;
        }
        try {
            serve(key, read, response, chain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            busy(read, response);
        } catch (DataAccessException e) {
            LOG.warn("request not served, the database does not answer: {}", e.getMessage());
            response.setHeader(HttpHeaders.RETRY_AFTER, "5");
            refuse(read, response, HttpStatus.SERVICE_UNAVAILABLE, "database_away",
                    "the database does not answer; come again in a few seconds");
        }
    }

    private void serve(String key, ReadRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException, InterruptedException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            CountDownLatch mine = new CountDownLatch(1);
            CountDownLatch other = atWork.putIfAbsent(key, mine);
            if (other != null) {
                other.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
                continue;
            }
            try {
                Verdict verdict = requests.begin(life.node(), key, request.fingerprint());
                if (served(verdict, key, request, response, chain)) {
                    return;
                }
            } finally {
                atWork.remove(key);
                mine.countDown();
            }
            Thread.sleep(LOOK_AGAIN); // another node is at it
        }
        busy(request, response);
    }

    private boolean served(Verdict verdict, String key, ReadRequest request, HttpServletResponse response,
            FilterChain chain) throws ServletException, IOException {
        switch (verdict) {
            case Verdict.Yours(byte[] work) -> work(key, work, request, response, chain);
            case Verdict.Answered(Answer answer) -> replay(answer, response);
            case Verdict.Different() -> refuse(request, response, HttpStatus.UNPROCESSABLE_CONTENT, "key_reused",
                    "this " + HEADER + " came with another request within the last 24 hours; use a new key");
            case Verdict.Elsewhere() -> {
                return false;
            }
        }
        return true;
    }

    private void work(String key, byte[] work, ReadRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Node me = life.node();
        KeptResponse kept = new KeptResponse(response);
        request.setAttribute(WORK, work);
        Answer answer = null;
        try {
            chain.doFilter(request, kept);
            answer = kept.getStatus() >= 500 || kept.getContentSize() > KeptResponse.MOST
                    ? null
                    : new Answer(kept.getStatus(), headers(kept), kept.getContentAsByteArray());
        } finally {
            keep(me, key, kept.refused(), answer);
        }
        kept.copyBodyToResponse(); // after it was kept: whoever has the answer may count on it
    }

    private void keep(Node me, String key, boolean refused, @Nullable Answer answer) {
        try {
            if (refused) {
                requests.undone(me, key);
            } else if (answer == null) {
                requests.unanswered(me, key);
            } else {
                requests.answered(me, key, answer);
            }
        } catch (DataAccessException e) {
            // the same key will do the work again, which is why what a POST does must bear that
            LOG.warn("event=answer-not-kept why={}", e.getMessage());
        }
    }

    private static String headers(HttpServletResponse response) {
        return KEPT.stream().filter(response::containsHeader).map(name -> name + ": " + response.getHeader(name))
                .collect(Collectors.joining("\n"));
    }

    private static void replay(Answer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        answer.headers().lines().forEach(line -> response.setHeader(line.substring(0, line.indexOf(':')),
                line.substring(line.indexOf(':') + 2)));
        response.setHeader("Idempotency-Replayed", "true");
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }

    private void busy(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "5");
        refuse(request, response, HttpStatus.CONFLICT, "in_progress",
                "the first request with this " + HEADER + " is still under way; send the same again in 5 seconds");
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, HttpStatus status, String code,
            String message) throws IOException {
        answers.write(response, status, request.getRequestURI(), new Fault(HEADER, code, message));
    }
}
