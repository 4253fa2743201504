// SPDX-License-Identifier: MIT
//
// The work of bench_client by franz-go:
//
//	franz produce|consume|lone|txn|loop ADDRESS[;gzip] TOPIC RECORDS SIZE PARTITIONS
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "franz:", err)
		os.Exit(1)
	}
}

func cpu() float64 {
	var u syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// As in timing.h.
func payload(size int) []byte {
	var b bytes.Buffer
	for i := 1; b.Len() < size; i++ {
		fmt.Fprintf(&b, `{"game_id":"2024_01_BAL_KC","play_id":%d,"qtr":%d,"down":%d,"ydstogo":%d,"yardline_100":%d}`,
			i*7919%5000, i%4+1, i%3+1, i*31%20, i*7907%100)
	}
	return b.Bytes()[:size]
}

func produce(c *kgo.Client, n, size int) {
	value := payload(size)
	var wait sync.WaitGroup
	wait.Add(n)
	for i := 0; i < n; i++ {
		c.Produce(context.Background(), &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			must(err)
			wait.Done()
		})
	}
	wait.Wait()
}

func consume(c *kgo.Client, n int) {
	for n > 0 {
		fetches := c.PollFetches(context.Background())
		must(fetches.Err())
		n -= fetches.NumRecords()
	}
}

func txn(c *kgo.Client, n, size int) []float64 {
	value := payload(size)
	us := make([]float64, n)
	for i := range us {
		begin := time.Now()
		must(c.BeginTransaction())
		must(c.ProduceSync(context.Background(), &kgo.Record{Value: value}).FirstErr())
		must(c.EndTransaction(context.Background(), kgo.TryCommit))
		us[i] = float64(time.Since(begin).Nanoseconds()) / 1e3
	}
	return us
}

func loop(options []kgo.Opt, topic string, n int) []float64 {
	options = append(options, kgo.TransactionalID("bench-franz"), kgo.DefaultProduceTopic(topic+"-copy"),
		kgo.ConsumerGroup(fmt.Sprint("bench-franz-", os.Getpid())), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RequireStableFetchOffsets())
	s, err := kgo.NewGroupTransactSession(options...)
	must(err)
	us := make([]float64, n)
	for i := range us {
		begin := time.Now()
		fetches := s.PollRecords(context.Background(), 1)
		must(fetches.Err())
		must(s.Begin())
		for _, r := range fetches.Records() {
			must(s.ProduceSync(context.Background(), &kgo.Record{Value: r.Value}).FirstErr())
		}
		_, err := s.End(context.Background(), kgo.TryCommit)
		must(err)
		us[i] = float64(time.Since(begin).Nanoseconds()) / 1e3
	}
	return us
}

func lone(c *kgo.Client, n, size int) []float64 {
	value := payload(size)
	us := make([]float64, n)
	for i := range us {
		begin := time.Now()
		must(c.ProduceSync(context.Background(), &kgo.Record{Value: value}).FirstErr())
		us[i] = float64(time.Since(begin).Nanoseconds()) / 1e3
	}
	return us
}

func main() {
	mode, topic := os.Args[1], os.Args[3]
	n, _ := strconv.Atoi(os.Args[4])
	size, _ := strconv.Atoi(os.Args[5])
	address, codec, _ := strings.Cut(os.Args[2], ";")
	compression := kgo.NoCompression()
	if codec == "gzip" {
		compression = kgo.GzipCompression()
	}
	options := []kgo.Opt{kgo.SeedBrokers(address), kgo.DefaultProduceTopic(topic),
		kgo.ProducerBatchCompression(compression), kgo.MaxBufferedRecords(1 << 20)}
	if mode == "txn" {
		options = append(options, kgo.TransactionalID("bench-franz"))
	}
	if mode == "consume" {
		options = append(options, kgo.ConsumeTopics(topic),
			kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	}
	us := []float64{0}
	wall, before := time.Now(), cpu()
	var c *kgo.Client
	if mode != "loop" {
		var err error
		c, err = kgo.NewClient(options...)
		must(err)
	}
	switch mode {
	case "produce":
		produce(c, n, size)
	case "consume":
		consume(c, n)
	case "txn":
		us = txn(c, n, size)
	case "loop":
		us = loop(options, topic, n)
	default:
		us = lone(c, n, size)
	}
	spent, took := cpu()-before, time.Since(wall).Seconds()
	sort.Float64s(us)
	fmt.Printf("%.6f %.6f %.1f %.1f\n", took, spent, us[len(us)/2], us[len(us)*99/100])
}
