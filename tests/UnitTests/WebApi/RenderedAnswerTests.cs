using System.Buffers;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RenderedAnswerTests
{
    private static readonly Guid User = Guid.NewGuid();

    public static TheoryData<string, Freshness> Answers => new()
    {
        { "a hit", Samples.Fresh(CacheSource.Memory) },
        { "a hit in Redis", Samples.Fresh(CacheSource.Redis) },
        { "from the origin", Samples.Fresh(CacheSource.Origin) },
        { "partial", Samples.Fresh(CacheSource.Origin) with { FailedOperations = ["trends", "means"] } },
        { "stale", Samples.Stale(StaleReason.OriginTimeout) },
        { "stale and invalidated", Samples.Stale(StaleReason.OriginError) with { Invalidated = true } },
        { "unverified", Samples.Stale(StaleReason.Unverified) with { FreshUntil = Samples.Now.AddSeconds(7) } },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Write_WhenRenderedBefore_SaysWhatAFreshRenderingWould(string what, Freshness freshness)
    {
        var cached = new Cached<Value>(new Value("é \"quoted\"", 3), freshness);
        var kept = RenderedAnswer.Of(cached, User);

        foreach (var later in (double[])[0, 0.001, 0.01, 0.1, 0.9996, 1, 1.05, 60, 86_400.123, -1_000, 1e7])
        {
            var now = Samples.Now.AddSeconds(later);
            var fresh = RenderedAnswer.Of(new Cached<Value>(cached.Value, freshness), User);
            RenderedAnswer.Of(cached, User).Should().BeSameAs(kept, what);
            Body(kept, now).Should().Be(Body(fresh, now));
            kept.Tag.Should().Be(fresh.Tag);
            kept.TextsAt(now, forced: false).Should().Be(fresh.TextsAt(now, forced: false));
            kept.TextsAt(now, forced: true).Should().Be(fresh.TextsAt(now, forced: true));
            kept.TextsAt(now, forced: true).CacheStatus.Should().Be(FreshnessWords.CacheStatus(freshness, forced: true, now));
            kept.TextsAt(now, forced: false).Age.Should().Be(FreshnessWords.AgeHeader(freshness, now));

            var info = JsonDocument.Parse(Body(kept, now)).RootElement.GetProperty("cache_info");
            info.GetProperty("age_seconds").GetRawText().Should().Be(JsonSerializer.Serialize(FreshnessWords.Age(freshness, now)));
            info.GetProperty("ttl_seconds").GetRawText().Should().Be(JsonSerializer.Serialize(FreshnessWords.TimeToLive(freshness, now)));
        }
    }

    [Fact]
    public void Of_WhenTheSameAnswerIsForAnotherUser_GivesHimHisOwnTag()
    {
        var cached = new Cached<Value>(new Value("a", 1), Samples.Fresh(CacheSource.Memory));
        var (mine, theirs) = (RenderedAnswer.Of(cached, User), RenderedAnswer.Of(cached, Guid.NewGuid()));

        theirs.Tag.Should().NotBe(mine.Tag);
        RenderedAnswer.Of(cached, User).Should().BeSameAs(mine);
    }

    [Fact]
    public void As_WhenTheAnswerIsCopied_IsMadeAnew()
    {
        var cached = new Cached<Value>(new Value("a", 1), Samples.Fresh(CacheSource.Memory));
        var rendered = RenderedAnswer.Of(cached, User);
        var stale = cached with { Freshness = Samples.Stale(StaleReason.OriginError) };

        RenderedAnswer.Of(stale, User).Should().NotBeSameAs(rendered);
        Body(RenderedAnswer.Of(stale, User), Samples.Now).Should().Contain("\"_stale_data\":true");
    }

    [Fact]
    public void As_WhenAnswersAreCompared_IsNoPartOfThem()
    {
        var (one, same) = (new Cached<Value>(new Value("a", 1), Samples.Fresh(CacheSource.Memory)), new Cached<Value>(new Value("a", 1), Samples.Fresh(CacheSource.Memory)));
        RenderedAnswer.Of(one, User);

        one.Should().Be(same);
        one.GetHashCode().Should().Be(same.GetHashCode());
        one.ToString().Should().Be(same.ToString());
        one.Should().NotBe(same with { Value = new Value("b", 1) });
        one.Should().NotBe(same with { Freshness = Samples.Fresh(CacheSource.Redis) });
        one.Equals(null).Should().BeFalse();
    }

    [Fact]
    public void Hit_WhenRenderedBefore_AllocatesNothing()
    {
        var cached = new Cached<Value>(new Value("a", 1), Samples.Fresh(CacheSource.Memory));
        var buffer = new ArrayBufferWriter<byte>(1 << 20);
        Answer();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++)
        {
            Answer();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);

        void Answer()
        {
            var rendered = RenderedAnswer.Of(cached, User);
            rendered.TextsAt(Samples.Now, forced: false);
            rendered.Write(buffer, Samples.Now);
        }
    }

    private static string Body(RenderedAnswer answer, DateTime now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        answer.Write(buffer, now).Should().Be(buffer.WrittenCount);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public sealed record Value(string Text, int Number);
}
