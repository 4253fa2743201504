
EXTRA_DIST += tests/bench/client.sh tests/bench/client.py tests/bench/peers/librdkafka.c \
	tests/bench/peers/franz/main.go tests/bench/peers/franz/go.mod tests/bench/peers/franz/go.sum
