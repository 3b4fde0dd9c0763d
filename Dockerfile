# Build: the one binary, without C.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags="-s -w" -o /relance ./cmd/relance

# Run: no root, nothing to write.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --no-create-home --uid 10001 relance
COPY --from=build /relance /usr/local/bin/relance
USER relance
EXPOSE 8080
ENTRYPOINT ["relance"]
CMD ["serve", "--addr", "0.0.0.0:8080"]
