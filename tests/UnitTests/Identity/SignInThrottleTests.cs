using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class SignInThrottleTests
{
    private const string Address = "192.0.2.1";
    private const string Account = "somebody@example.org";

    private readonly FakeTimeProvider _clock = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_clock);

    [Fact]
    public async Task Begin_WhenNineHaveFailed_IsLetThrough()
    {
        await FailAsync(9);

        (await DelayAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Begin_WhenTenHaveFailed_HasToWaitForTheRestOfTheMinuteOfTheFirst()
    {
        await FailAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(20));
        await FailAsync(9);

        (await DelayAsync()).Should().Be(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Begin_WhenTheMinuteSlides_LetsAsManyThroughAsHaveLeftIt()
    {
        await FailAsync(1);
        _clock.Advance(TimeSpan.FromSeconds(50));
        await FailAsync(9);
        _clock.Advance(TimeSpan.FromSeconds(10));

        (await DelayAsync()).Should().BeNull();
        await FailAsync(1);
        (await DelayAsync()).Should().Be(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Begin_WhenAnotherAddressOrAccountFailed_IsLetThrough()
    {
        await FailAsync(10);

        (await DelayAsync("192.0.2.2")).Should().BeNull();
        (await DelayAsync(account: "other@example.org")).Should().BeNull();
    }

    [Fact]
    public async Task Begin_WhenTenAreUnderWay_WaitsForOneToEnd()
    {
        var underWay = await BeginAsync(10);

        var eleventh = _throttle.BeginAsync(Address, Account, default);
        eleventh.IsCompleted.Should().BeFalse("all of the ten may be failures");
        underWay[0].Dispose();

        (await eleventh).Dispose();
        underWay.ForEach(attempt => attempt.Dispose());
        _throttle.Tracked.Should().Be(0, "none of them failed");
    }

    [Fact]
    public async Task Begin_WhenAHundredComeAtOnceAndFail_LetsTenThrough()
    {
        var tries = Enumerable.Range(0, 100).Select(_ => _throttle.BeginAsync(Address, Account, default)).ToList();
        var begun = tries.Where(attempt => attempt.IsCompletedSuccessfully).ToList();

        foreach (var attempt in begun)
        {
            (await attempt).Fail();
        }

        begun.Should().HaveCount(10);
        foreach (var attempt in tries.Except(begun))
        {
            await attempt.Invoking(task => task).Should().ThrowAsync<RateLimitedException>();
        }
    }

    [Fact]
    public async Task Begin_WhenThoseUnderWayDoNotEnd_GivesUp()
    {
        var underWay = await BeginAsync(10);
        var eleventh = _throttle.BeginAsync(Address, Account, default);

        _clock.Advance(SignInThrottle.LongestWait);

        (await eleventh.Invoking(task => task).Should().ThrowAsync<RateLimitedException>()).Which.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        underWay.ForEach(attempt => attempt.Dispose());
        (await DelayAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Begin_WhenTheCallerGivesUp_TakesNoAttempt()
    {
        var underWay = await BeginAsync(10);
        using var impatience = new CancellationTokenSource();
        var eleventh = _throttle.BeginAsync(Address, Account, impatience.Token);

        await impatience.CancelAsync();

        await eleventh.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        underWay.ForEach(attempt => attempt.Dispose());
        _throttle.Tracked.Should().Be(0);
    }

    [Fact]
    public async Task Attempt_WhenEndedTwice_CountsOnce()
    {
        var attempt = await _throttle.BeginAsync(Address, Account, default);

        attempt.Fail();
        attempt.Dispose();
        attempt.Fail();

        await FailAsync(8);
        (await DelayAsync()).Should().BeNull("nine have failed");
    }

    [Fact]
    public async Task Fail_WhenManyAccountsAreTried_StaysBoundedAndForgetsTheOldestFirst()
    {
        await FailAsync(10);
        using var underWay = await _throttle.BeginAsync(Address, "under way", default);
        for (var number = 0; number < SignInThrottle.MaxTracked - 1; number++)
        {
            await FailAsync(1, $"account-{number}");
        }

        _throttle.Tracked.Should().Be(SignInThrottle.MaxTracked + 1);
        (await DelayAsync()).Should().NotBeNull();

        await FailAsync(1, "one more");

        _throttle.Tracked.Should().Be(SignInThrottle.MaxTracked + 1);
        (await DelayAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Fail_WhenOthersArePastTheirMinute_ForgetsThem()
    {
        await FailAsync(3);
        _clock.Advance(SignInThrottle.Window);

        await FailAsync(1, "other");

        _throttle.Tracked.Should().Be(1);
    }

    private async Task FailAsync(int times, string account = Account)
    {
        for (var count = 0; count < times; count++)
        {
            using var attempt = await _throttle.BeginAsync(Address, account, default);
            attempt.Fail();
        }
    }

    private async Task<List<ISignInAttempt>> BeginAsync(int times)
    {
        var attempts = new List<ISignInAttempt>();
        while (attempts.Count < times)
        {
            attempts.Add(await _throttle.BeginAsync(Address, Account, default));
        }

        return attempts;
    }

    /// <summary>How long a further attempt has to wait; null where it need not.</summary>
    private async Task<TimeSpan?> DelayAsync(string address = Address, string account = Account)
    {
        try
        {
            (await _throttle.BeginAsync(address, account, default)).Dispose();
            return null;
        }
        catch (RateLimitedException exception)
        {
            return exception.RetryAfter;
        }
    }
}
