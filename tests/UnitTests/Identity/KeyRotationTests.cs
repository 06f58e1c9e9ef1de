using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

/// <summary>Keys change and nobody is signed out, on two nodes that share a file.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-rotation-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly User _user = new(Guid.NewGuid(), "somebody@example.org", "somebody", "hash", new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private string FilePath => Path.Combine(_folder.FullName, SigningKeyFile.Name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Rotate_WhenDone_SignsWithTheNewKeyOnlyAfterEveryNodeCouldLearnOfIt()
    {
        var node = await NodeAsync();
        var before = await node.SignAsync();

        var rotation = await node.Keys.RotateAsync(None);
        await node.ReadAgainAsync();

        (rotation.IsNew, rotation.ActivatesAt).Should().Be((true, _clock.GetUtcNow().UtcDateTime + KeyRing.ActivationDelay - SigningKeys.RetryAfter));
        KeyOf(await node.SignAsync()).Should().Be(KeyOf(before));
        _clock.Advance(KeyRing.ActivationDelay);
        KeyOf(await node.SignAsync()).Should().Be(rotation.KeyId).And.NotBe(KeyOf(before));
    }

    [Fact]
    public async Task Rotate_WhenDone_AcceptsTheLastTokenOfTheOldKeyToItsEnd()
    {
        var node = await NodeAsync();
        await node.Keys.RotateAsync(None);
        await node.ReadAgainAsync();
        _clock.Advance(KeyRing.ActivationDelay - SigningKeys.RetryAfter - TimeSpan.FromSeconds(1));
        var last = await node.SignAsync();

        _clock.Advance(AccessTokenRules.Lifetime - TimeSpan.FromSeconds(1));
        (await node.IsAcceptedAsync(last)).Should().BeTrue();

        _clock.Advance(TimeSpan.FromMinutes(2));
        node.Keys.Current!.Accepted(KeyOf(last), _clock.GetUtcNow().UtcDateTime).Should().BeEmpty("no token of that key can live still");
        node.Keys.Current.Accepted(null, _clock.GetUtcNow().UtcDateTime).Should().ContainSingle();
    }

    [Fact]
    public async Task Rotate_WhenAnotherNodeHasNotReadTheNewKey_ItReadsItForTheFirstTokenThatNamesIt()
    {
        var (first, second) = (await NodeAsync(), await NodeAsync());
        await first.Keys.RotateAsync(None);
        await first.ReadAgainAsync();
        _clock.Advance(KeyRing.ActivationDelay);
        var token = await first.SignAsync();
        second.Keys.Current!.Knows(KeyOf(token)).Should().BeFalse();

        (await second.IsAcceptedAsync(token)).Should().BeTrue();
    }

    [Fact]
    public async Task Ensure_WhenManyTokensNameUnknownKeys_ReadsOnceASecond()
    {
        var node = await NodeAsync();
        _clock.Advance(SigningKeys.RetryAfter);
        await node.IsAcceptedAsync(Forged("unknown-0"));
        File.Delete(FilePath);

        for (var number = 1; number < 20; number++)
        {
            (await node.IsAcceptedAsync(Forged($"unknown-{number}"))).Should().BeFalse();
        }

        File.Exists(FilePath).Should().BeFalse("a reading would have made it again");
    }

    [Fact]
    public async Task Rotate_WhenTheFileIsOfTheFormatBefore_KeepsItsKey()
    {
        var bytes = SigningKey.NewKey();
        await File.WriteAllTextAsync(FilePath, Convert.ToBase64String(bytes));
        var node = await NodeAsync();
        var before = await node.SignAsync();

        await node.Keys.RotateAsync(None);
        await node.ReadAgainAsync();
        _clock.Advance(KeyRing.ActivationDelay);

        KeyOf(before).Should().Be(new SigningKey(bytes, null).Id);
        (await node.IsAcceptedAsync(before)).Should().BeTrue();
        (await (await NodeAsync()).IsAcceptedAsync(before)).Should().BeTrue();
    }

    [Fact]
    public async Task Rotate_WhenManyRotateAtOnce_MakesOneKey()
    {
        var nodes = new List<Node>();
        for (var count = 0; count < 8; count++)
        {
            nodes.Add(await NodeAsync(TimeProvider.System));
        }

        using var start = new ManualResetEventSlim();
        var rotations = nodes.Select(node => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return node.Keys.RotateAsync(None);
            },
            None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()).ToList();
        start.Set();
        var made = await Task.WhenAll(rotations);

        made.Count(rotation => rotation.IsNew).Should().Be(1);
        made.Select(rotation => rotation.KeyId).Distinct().Should().ContainSingle();
        (await File.ReadAllLinesAsync(FilePath)).Should().HaveCount(2);
        _folder.GetFiles().Select(file => file.Name).Should().BeEquivalentTo(SigningKeyFile.Name, SigningKeyFile.Name + ".lock");
        if (!OperatingSystem.IsWindows())
        {
            _folder.GetFiles().Should().OnlyContain(file => file.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_WhenAKeyIsRetired_RemovesItThenOrAtTheStart(bool atTheStart)
    {
        var node = await NodeAsync();
        var first = node.Keys.Current!.Keys.Single().Id;
        await node.Keys.RotateAsync(None);
        _clock.Advance(KeyRing.ActivationDelay + KeyRing.AcceptedFor - TimeSpan.FromSeconds(1));
        await node.Keys.RemoveRetiredAsync(None);
        (await File.ReadAllLinesAsync(FilePath)).Should().HaveCount(2, "the last token of the first key lives still");

        _clock.Advance(TimeSpan.FromSeconds(1));
        if (atTheStart)
        {
            await node.Keys.RemoveRetiredAsync(None);
        }
        else
        {
            (await node.Keys.RotateAsync(None)).IsNew.Should().BeTrue();
        }

        (await NodeAsync()).Keys.Current!.Keys.Should().HaveCount(atTheStart ? 1 : 2).And.NotContain(key => key.Id == first);
    }

    [Fact]
    public async Task Rotate_WhenTheClockWasSetBackSinceTheKeyWasMade_TheNewKeySignsAfterTheOldOneAndStays()
    {
        // A key that was made before the clock was set back, alone: its predecessor is retired and removed.
        var old = new SigningKey(SigningKey.NewKey(), _clock.GetUtcNow().UtcDateTime.AddHours(1));
        await File.WriteAllTextAsync(FilePath, $"{Convert.ToBase64String(old.Bytes)} {old.CreatedAt:yyyy-MM-ddTHH:mm:ssZ}");
        var node = await NodeAsync();

        var rotation = await node.Keys.RotateAsync(None);
        await node.ReadAgainAsync();

        KeyOf(await node.SignAsync()).Should().Be(old.Id, "no other node knows the new key yet");
        rotation.ActivatesAt.Should().BeAfter(old.ActivatesAt);
        _clock.Advance(TimeSpan.FromHours(1) + KeyRing.ActivationDelay + TimeSpan.FromSeconds(1));
        KeyOf(await node.SignAsync()).Should().Be(rotation.KeyId);
        _clock.Advance(KeyRing.AcceptedFor + TimeSpan.FromSeconds(1));
        await node.Keys.RemoveRetiredAsync(None);
        (await NodeAsync()).Keys.Current!.Keys.Should().ContainSingle().Which.Id.Should().Be(rotation.KeyId, "the old key goes, not the new one");
    }

    [Fact]
    public async Task Rotate_WhenRootRotatesForTheServicesAccount_LeavesTheFilesToThatAccount()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        const uint SomeAccount = 65534;
        var node = await NodeAsync();
        FileOwner.Chown(FileOwner.NullTerminated(FilePath), SomeAccount, SomeAccount).Should().Be(0);

        await node.Keys.RotateAsync(None);

        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u:%g %a", FilePath, FilePath + ".lock"]) { RedirectStandardOutput = true })!;
        (await stat.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal($"{SomeAccount}:{SomeAccount} 600", $"{SomeAccount}:{SomeAccount} 600");
    }

    [Fact]
    public async Task Previous_WhenSecretsAreConfigured_CheckAndDoNotSign()
    {
        var (old, present) = (new string('o', 40), new string('p', 40));
        var before = Configured(new() { ["Authentication:Jwt:Secret"] = old });
        var after = Configured(new() { ["Authentication:Jwt:Secret"] = present, ["Authentication:Jwt:PreviousSecrets:0"] = old });
        var without = Configured(new() { ["Authentication:Jwt:Secret"] = present });
        var token = await before.SignAsync();

        (await after.IsAcceptedAsync(token)).Should().BeTrue();
        (await without.IsAcceptedAsync(token)).Should().BeFalse();
        KeyOf(await after.SignAsync()).Should().Be(new SigningKey(Encoding.UTF8.GetBytes(present), null).Id);
        (await before.IsAcceptedAsync(await after.SignAsync())).Should().BeFalse();
        var rotate = () => after.Keys.RotateAsync(None);
        (await rotate.Should().ThrowAsync<ConflictException>()).WithMessage("*Authentication:Jwt:PreviousSecrets*").Which.Message.Should().NotContain(present).And.NotContain(old);
    }

    [Fact]
    public void Accepted_WhenATokenNamesNoKey_TriesAllOfThem()
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        SigningKey[] keys = [new(SigningKey.NewKey(), null), new(SigningKey.NewKey(), now)];
        var ring = new KeyRing(keys, [new SigningKey(SigningKey.NewKey(), null)]);

        ring.Accepted(null, now).Should().HaveCount(3);
        ring.Accepted("", now).Should().HaveCount(3);
        ring.Accepted(keys[1].Id, now).Should().ContainSingle().Which.KeyId.Should().Be(keys[1].Id);
        ring.Accepted("unknown", now).Should().BeEmpty();
        ring.Pending(now)!.Id.Should().Be(keys[1].Id);
        new KeyRing(keys[1..], []).Pending(now).Should().BeNull("the only key signs from the first");
        new KeyRing(keys[1..], []).Signing(now).Id.Should().Be(keys[1].Id);
    }

    private static string KeyOf(string token) => new JsonWebToken(token).Kid;

    private static string Forged(string key) =>
        $"{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"{key}\"}}"))}.e30.AAAA";

    private Task<Node> NodeAsync() => NodeAsync(_clock);

    private async Task<Node> NodeAsync(TimeProvider storeClock)
    {
        var keys = new SigningKeys(new SigningKeyFile(() => _folder.FullName, storeClock, []), _clock, NullLogger<SigningKeys>.Instance);
        await keys.GetAsync(None);
        return new Node(keys, _clock, _user);
    }

    private Node Configured(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_clock);
        services.AddIdentity(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return new Node(services.BuildServiceProvider().GetRequiredService<SigningKeys>(), _clock, _user);
    }

    private sealed class Node(SigningKeys keys, FakeTimeProvider clock, User user)
    {
        private readonly AccessTokenKeys _checking = new(keys, clock);

        public SigningKeys Keys { get; } = keys;

        public async Task ReadAgainAsync()
        {
            clock.Advance(SigningKeys.RetryAfter);
            await Keys.RefreshAsync(None);
        }

        public async Task<string> SignAsync() => (await new JwtTokenIssuer(Keys, clock).IssueAccessTokenAsync(user, None)).Value;

        public async Task<bool> IsAcceptedAsync(string token)
        {
            await _checking.EnsureAsync($"Bearer {token}", None);
            return (await new JsonWebTokenHandler().ValidateTokenAsync(token, AccessTokenRules.Validation(_checking.Accepted, clock))).IsValid;
        }
    }
}
