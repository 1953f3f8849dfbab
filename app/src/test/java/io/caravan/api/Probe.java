package io.caravan.api;

import java.lang.reflect.Method;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A resource that only tests have: no stereotype, so that no scan finds it; {@link #join} puts it among a running server's. */
public class Probe {

    public record Order(@NotBlank String givenName, @Positive int count, Part part, List<Part> more) {
    }

    public record Part(String colour, Boolean loud) {
    }

    public record Done(int number, String givenName) {
    }

    public final AtomicInteger done = new AtomicInteger();
    public final CountDownLatch entered = new CountDownLatch(1);
    public volatile CountDownLatch go = new CountDownLatch(0);

    public static Probe join(RequestMappingHandlerMapping mappings) {
        Probe probe = new Probe();
        for (Method method : Probe.class.getDeclaredMethods()) {
            GetMapping get = method.getAnnotation(GetMapping.class);
            PostMapping post = method.getAnnotation(PostMapping.class);
            if (get != null || post != null) {
                mappings.registerMapping(RequestMappingInfo.paths(get != null ? get.value() : post.value())
                        .methods(get != null
                                ? org.springframework.web.bind.annotation.RequestMethod.GET
                                : org.springframework.web.bind.annotation.RequestMethod.POST)
                        .produces(post != null ? post.produces() : new String[0])
                        .options(mappings.getBuilderConfiguration()).build(), probe, method);
            }
        }
        return probe;
    }

    @ResponseBody
    @PostMapping("/api/v1/probe")
    public ResponseEntity<Done> order(@Valid @RequestBody Order order) throws InterruptedException {
        entered.countDown();
        go.await(30, TimeUnit.SECONDS);
        int number = done.incrementAndGet();
        return ResponseEntity.created(URI.create("/api/v1/probe/" + number)).body(new Done(number, order.givenName()));
    }

    @ResponseBody
    @PostMapping(value = "/api/v1/probe/file", produces = "application/json")
    public Done file(@RequestParam MultipartFile file) {
        return new Done(done.incrementAndGet(), String.valueOf(file.getOriginalFilename()));
    }

    @ResponseBody
    @PostMapping("/api/v1/probe/broken")
    public String broken() {
        done.incrementAndGet();
        throw new IllegalStateException("secret insides of io.caravan");
    }

    @ResponseBody
    @GetMapping("/api/v1/probe")
    public String number(@RequestParam int number, @RequestParam(defaultValue = "1") @Max(5) int most) {
        return "\"" + number + "\"";
    }
}
