using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class PasswordHasherTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly AspNetPasswordHasher _hasher;

    public PasswordHasherTests() => _hasher = new AspNetPasswordHasher(_clock, atOnce: 2);

    public void Dispose() => _hasher.Dispose();

    [Fact]
    public async Task Verify_WhenItIsThePassword_SaysYesAndElseNo()
    {
        var hash = await _hasher.HashAsync("a good password", default);

        hash.Should().NotContain("password").And.NotBe(await _hasher.HashAsync("a good password", default));
        (await _hasher.VerifyAsync(hash, "a good password", default)).Should().Be(PasswordVerdict.Right);
        (await _hasher.VerifyAsync(hash, "another password", default)).Should().Be(PasswordVerdict.Wrong);
    }

    [Fact]
    public async Task Verify_WhenThereIsNoAccount_SaysNo() => (await _hasher.VerifyAsync(null, "a good password", default)).Should().Be(PasswordVerdict.Wrong);

    [Fact]
    public async Task Verify_WhenTheHashWasMadeWithLessWork_SaysSo()
    {
        var older = new PasswordHasher<User>(Options.Create(new PasswordHasherOptions { IterationCount = 1_000 })).HashPassword(null!, "a good password");

        (await _hasher.VerifyAsync(older, "a good password", default)).Should().Be(PasswordVerdict.RightButOutdated);
        (await _hasher.VerifyAsync(older, "another password", default)).Should().Be(PasswordVerdict.Wrong);
    }

    [Fact]
    public async Task Hash_WhenAsManyAreComputedAsMayBe_WaitsForItsTurn()
    {
        var (first, second) = (await _hasher.TurnAsync(default), await _hasher.TurnAsync(default));

        var (third, fourth) = (_hasher.HashAsync("a good password", default), _hasher.TurnAsync(default));
        third.IsCompleted.Should().BeFalse("both turns are taken");
        first.Dispose();
        (await third).Should().NotBeEmpty();
        (await fourth).Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task Verify_WhenItsTurnDoesNotCome_SaysThatItIsTooMuch()
    {
        using var first = await _hasher.TurnAsync(default);
        using var second = await _hasher.TurnAsync(default);
        var waiting = _hasher.VerifyAsync(null, "a good password", default);

        _clock.Advance(AspNetPasswordHasher.LongestWait - TimeSpan.FromSeconds(1));
        waiting.IsCompleted.Should().BeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));

        var act = () => waiting;
        (await act.Should().ThrowAsync<OverloadedException>()).Which.RetryAfter.Should().BePositive();
    }

    [Fact]
    public async Task Verify_WhenTooManyWait_RefusesAtOnce()
    {
        var (first, second) = (await _hasher.TurnAsync(default), await _hasher.TurnAsync(default));
        using var impatience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, AspNetPasswordHasher.MaxWaiting).Select(_ => _hasher.TurnAsync(impatience.Token)).ToList();

        var act = () => _hasher.VerifyAsync(null, "a good password", default);

        await act.Should().ThrowAsync<OverloadedException>();
        await impatience.CancelAsync();
        foreach (var one in waiting)
        {
            await one.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        }

        first.Dispose();
        second.Dispose();
        (await _hasher.VerifyAsync(null, "a good password", default)).Should().Be(PasswordVerdict.Wrong, "whoever gave up waits no more and took no turn");
    }
}
