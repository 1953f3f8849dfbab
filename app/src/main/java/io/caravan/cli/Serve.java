package io.caravan.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}: everything on until stopped. */
@Command(name = "serve", description = "Everything on until stopped (the default). SIGTERM stops claiming, lets open messages finish,"
        + " commits, and leaves within 30 s.")
final class Serve implements Callable<Integer> {

    private final Desk desk;

    @Option(names = "--example", description = "Drop the shipped example, send it into the built-in mailbox, and show how it went.")
    private boolean example;

    Serve(Desk desk) {
        this.desk = desk;
    }

    @Override
    public Integer call() throws InterruptedException {
        ConfigurableApplicationContext application = desk.launcher().application(desk.properties(), true);
        CountDownLatch closed = new CountDownLatch(1);
        application.addApplicationListener((ApplicationListener<ContextClosedEvent>) event -> closed.countDown());
        // a virtual machine that ends by SIGTERM reports 143; having stopped in order is 0
        SpringApplication.getShutdownHandlers().add(() -> Runtime.getRuntime().halt(0));
        if (example) {
            new ShippedExample(application, desk.err()).show();
        }
        closed.await();
        return 0;
    }
}
