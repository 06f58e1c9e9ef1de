using System.Net;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RequestCountsTests
{
    private static readonly CountedFor Somebody = CountedFor.User(Guid.NewGuid());

    private readonly FakeTimeProvider _clock = new();
    private readonly RequestCounts _counts;

    public RequestCountsTests() => _counts = new RequestCounts(_clock);

    [Fact]
    public void Enter_WhenTooManyAreUnderWay_RefusesUntilOneLeaves()
    {
        var first = _counts.Enter(Somebody, 2)!;
        _counts.Enter(Somebody, 2).Should().NotBeNull();

        _counts.Enter(Somebody, 2).Should().BeNull();
        _counts.Enter(CountedFor.User(Guid.NewGuid()), 2).Should().NotBeNull("it is somebody else's");
        first.Leave();

        _counts.Enter(Somebody, 2).Should().NotBeNull();
    }

    [Fact]
    public void TryCount_WhenTheMinuteIsUsedUp_SaysHowLongItLasts()
    {
        var count = _counts.Enter(Somebody, 9)!;
        count.TryCount(2, out _).Should().BeTrue();
        _clock.Advance(TimeSpan.FromSeconds(20));
        count.TryCount(2, out _).Should().BeTrue();

        count.TryCount(2, out var wait).Should().BeFalse();
        wait.Should().Be(TimeSpan.FromSeconds(40));
        _clock.Advance(wait);

        count.TryCount(2, out _).Should().BeTrue();
        count.TryCount(2, out _).Should().BeTrue();
        count.TryCount(2, out _).Should().BeFalse();
    }

    [Fact]
    public void TryCount_WhenTheNextMinuteBegins_BeginsWithItsFirstRequest()
    {
        var count = _counts.Enter(Somebody, 9)!;
        count.TryCount(1, out _);
        _clock.Advance(TimeSpan.FromSeconds(90));

        count.TryCount(1, out _).Should().BeTrue();
        _clock.Advance(TimeSpan.FromSeconds(59));

        count.TryCount(1, out var wait).Should().BeFalse();
        wait.Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Enter_WhenSomebodyHasNothingCountedAnyMore_ForgetsHim()
    {
        for (var number = 0; number < 100; number++)
        {
            var count = _counts.Enter(CountedFor.User(Guid.NewGuid()), 1)!;
            count.TryCount(10, out _);
            count.Leave();
        }

        var busy = _counts.Enter(Somebody, 1);
        _clock.Advance(TimeSpan.FromSeconds(59));
        _counts.Enter(CountedFor.User(Guid.NewGuid()), 1)!.Leave();
        _counts.Count.Should().Be(102, "their minute is not over");

        _clock.Advance(RequestCounts.SweepInterval);
        _counts.Enter(CountedFor.User(Guid.NewGuid()), 1)!.Leave();

        _counts.Count.Should().Be(2, "one has a request under way, and one has just come");
        _counts.Enter(Somebody, 1).Should().BeNull();
        busy!.Leave();
    }

    [Fact]
    public void TryClose_WhenAMinuteIsUsedUp_KeepsTheCount()
    {
        var count = new RequestCount(_clock);
        count.TryEnter(1);
        count.TryCount(1, out _);
        count.TryClose().Should().BeFalse();
        count.Leave();
        count.TryClose().Should().BeFalse("who is forgotten now could send as many again");

        _clock.Advance(TimeSpan.FromMinutes(1));

        count.TryClose().Should().BeTrue();
        count.TryEnter(1).Should().BeNull();
    }

    [Fact]
    public void Enter_WhenManyCome_NeverLetsInMoreThanThereMayBe()
    {
        const int Most = 5;
        var (inside, worst) = (0, 0);
        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            if (_counts.Enter(Somebody, Most) is { } count)
            {
                var now = Interlocked.Increment(ref inside);
                worst = Math.Max(worst, now);
                Interlocked.Decrement(ref inside);
                count.Leave();
            }
        });

        worst.Should().BeInRange(1, Most);
        _counts.Enter(Somebody, 1).Should().NotBeNull("each that came has left");
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.1", "::c000:201")]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("fe80::1%3", "fe80::2")]
    [InlineData("255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("192.0.2.1", null)]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", null)]
    public void Address_WhenCounted_IsTheSameWhereItsTextIs(string one, string? other)
    {
        var (first, second) = (IPAddress.Parse(one), other is null ? null : IPAddress.Parse(other));

        (CountedFor.NumberOf(first) == CountedFor.NumberOf(second)).Should().Be(ClientAddresses.Counted(first) == ClientAddresses.Counted(second));
    }
}
