using Microsoft.Extensions.Time.Testing;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class SignInThrottleTests
{
    private const string Address = "192.0.2.1";
    private const string Email = "somebody@example.org";

    private readonly FakeTimeProvider _clock = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_clock);

    [Fact]
    public void GetDelay_WhenNineHaveFailed_IsNone()
    {
        Fail(9);

        _throttle.GetDelay(Address, Email).Should().BeNull();
    }

    [Fact]
    public void GetDelay_WhenTenHaveFailed_IsTheRestOfTheMinuteOfTheFirst()
    {
        Fail(1);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Fail(9);

        _throttle.GetDelay(Address, Email).Should().Be(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void GetDelay_WhenTheMinuteSlides_LetsAsManyThroughAsHaveLeftIt()
    {
        Fail(1);
        _clock.Advance(TimeSpan.FromSeconds(50));
        Fail(9);
        _clock.Advance(TimeSpan.FromSeconds(10));

        _throttle.GetDelay(Address, Email).Should().BeNull();
        Fail(1);
        _throttle.GetDelay(Address, Email).Should().Be(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void GetDelay_WhenAnotherAddressOrAccountFailed_IsNone()
    {
        Fail(20);

        _throttle.GetDelay("192.0.2.2", Email).Should().BeNull();
        _throttle.GetDelay(Address, "other@example.org").Should().BeNull();
    }

    [Fact]
    public void RecordFailure_WhenManyAccountsAreTried_StaysBoundedAndForgetsTheOldestFirst()
    {
        Fail(10);
        for (var number = 0; number < SignInThrottle.MaxTracked - 1; number++)
        {
            _throttle.RecordFailure(Address, $"account-{number}");
        }

        _throttle.Tracked.Should().Be(SignInThrottle.MaxTracked);
        _throttle.GetDelay(Address, Email).Should().NotBeNull();

        _throttle.RecordFailure(Address, "one more");

        _throttle.Tracked.Should().Be(SignInThrottle.MaxTracked);
        _throttle.GetDelay(Address, Email).Should().BeNull();
    }

    [Fact]
    public void RecordFailure_WhenOthersArePastTheirMinute_ForgetsThem()
    {
        Fail(3);
        _clock.Advance(SignInThrottle.Window);

        _throttle.RecordFailure(Address, "other");

        _throttle.Tracked.Should().Be(1);
    }

    private void Fail(int times)
    {
        for (var count = 0; count < times; count++)
        {
            _throttle.RecordFailure(Address, Email);
        }
    }
}
