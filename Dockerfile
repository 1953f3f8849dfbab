# Caravan in a container. The jar is taken apart, which starts in half the time; routes and templates of your own are mounted over
# /routes and /templates, and everything that must be kept lies in /data.
#
#   mvn -q -DskipTests package && docker build -t caravan .
#   docker run -p 8080:8080 -v caravan-data:/data caravan
#
# The embedded MariaDB needs glibc and a few libraries (libcrypt1 and those below): a Debian base has them, Alpine cannot run it.
FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY target/caravan.jar caravan.jar
RUN java -Djarmode=tools -jar caravan.jar extract --destination app

FROM eclipse-temurin:25-jre
RUN apt-get update \
 && apt-get install -y --no-install-recommends libcrypt1 libsystemd0 libstdc++6 libgcc-s1 libcap2 libgcrypt20 liblzma5 libzstd1 liblz4-1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin caravan \
 && mkdir -p /data /routes /templates \
 && chown caravan /data && chmod 0700 /data
COPY --from=build /build/app /app
USER caravan
WORKDIR /
# in a container the port is published on purpose, so the server listens on all of the container's addresses
ENV CARAVAN_DATA=/data CARAVAN_ROUTES=/routes CARAVAN_TEMPLATES=/templates SERVER_ADDRESS=0.0.0.0
# glibc keeps an arena of its own for each of up to 8 threads a core, and none gives back what it has once grown to
ENV MALLOC_ARENA_MAX=2
VOLUME ["/data", "/routes", "/templates"]
EXPOSE 8080
# longer than the 30 s in which SIGTERM lets open messages finish
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["java", "-XX:TieredStopAtLevel=1", "-jar", "/app/caravan.jar", "health"]
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:+UseParallelGC", "-XX:MaxRAMPercentage=60", "-jar", "/app/caravan.jar"]
CMD ["serve"]
