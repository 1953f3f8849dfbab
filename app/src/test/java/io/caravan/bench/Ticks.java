package io.caravan.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU and memory of a process as the kernel counts them ({@code /proc/PID/stat}, ticks of 10 ms). */
record Ticks(long pid) {

    /** User and system time in microseconds; children are not in it. */
    long micros() {
        String stat = read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000;
    }

    /** The same with all its children, which smtp-source hands its work to. */
    static long selfAndChildrenMicros() {
        String stat = new Ticks(ProcessHandle.current().pid()).read("stat");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * 10_000;
    }

    long residentMegabytes() {
        return field("VmRSS:") / 1024;
    }

    long peakMegabytes() {
        return field("VmHWM:") / 1024;
    }

    private long field(String name) {
        return read("status").lines().filter(line -> line.startsWith(name)).map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst().orElse(0);
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String load() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        } catch (IOException e) {
            return "?";
        }
    }
}
