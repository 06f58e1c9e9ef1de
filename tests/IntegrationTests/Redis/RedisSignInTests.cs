using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;
using StackExchange.Redis;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>How the store and this node know each other: TLS, password, and users with rights. What fails is said in the log, and no call throws.</summary>
public sealed class RedisSignInTests : IDisposable
{
    private const string CaFile = "Cache:Redis:TlsCaFile";
    private static readonly CacheKey Key = CacheKey.Of("sign-in:key");

    // What operators are told, word by word.
    private static readonly string[] Rights =
        File.ReadLines(Path.Combine(Repository.Root, "docs", "operations.md")).Single(line => line.StartsWith("ACL SETUSER ", StringComparison.Ordinal)).Split(' ')[5..];

    private readonly TestCertificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task Tier_WhenTheServerSpeaksTls_ConnectsWhereItsCertificateIsTrusted()
    {
        await using var server = await StartTlsAsync("127.0.0.1");
        await using var host = await RedisTierHost.StartAsync(server.TlsUrl!, settings: (CaFile, _certificates.AuthorityFile));

        await WorksAsync(host);
        host.Connection.Multiplexer!.Configuration.Should().Contain("ssl=True");
    }

    [Fact]
    public async Task Tier_WhenTheAuthorityIsNotTrusted_StaysUnavailableAndSaysWhy()
    {
        using var others = new TestCertificates();
        await using var server = await StartTlsAsync("127.0.0.1");
        foreach (var trusted in new[] { others.AuthorityFile, null })
        {
            await using var host = await RedisTierHost.StartAsync(server.TlsUrl, waitUntilAvailable: false, settings: trusted is null ? [] : [(CaFile, trusted)]);

            await IsRefusedAsync(host, "certificate is not trusted");
        }
    }

    [Fact]
    public async Task Tier_WhenTheCertificateIsOfAnotherName_StaysUnavailableAndSaysWhy()
    {
        await using var server = await StartTlsAsync("redis.example");
        await using var host = await RedisTierHost.StartAsync(server.TlsUrl, waitUntilAvailable: false, settings: (CaFile, _certificates.AuthorityFile));

        await IsRefusedAsync(host, "not of the name that was asked");
    }

    [Fact]
    public async Task Tier_WhenThereIsAPassword_SignsIn()
    {
        await using var server = await RedisServer.StartNewAsync(password: "s3c:r@t/ü");
        await using var host = await RedisTierHost.StartAsync(server.Url);

        await WorksAsync(host);
    }

    [Theory]
    [InlineData(":wrong-word@")]
    [InlineData("nobody:wrong-word@")]
    [InlineData("")]
    public async Task Tier_WhenItCannotSignIn_StaysUnavailableAndSaysWhy(string signIn)
    {
        await using var server = await RedisServer.StartNewAsync(password: "right-word");
        await using var host = await RedisTierHost.StartAsync($"redis://{signIn}{server.Address}", waitUntilAvailable: false);

        await IsRefusedAsync(host, "signing in");
        host.Log.ToString().Should().NotContain("wrong-word").And.NotContain("nobody").And.NotContain(server.Address);
    }

    [Fact]
    public async Task Tier_WhenItsUserHasTheRightsOfTheManual_DoesAllThatItDoes()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var one = await RedisTierHost.StartAsync(await AddUserAsync(server, Rights));
        await using var two = await RedisTierHost.StartAsync(one.Url!);

        await WorksAsync(one);
        var hinted = 0;
        two.Hints.Subscribe(() => Interlocked.Increment(ref hinted));
        await one.UntilAsync(
            () =>
            {
                one.Hints.Publish();
                return Volatile.Read(ref hinted) > 0;
            },
            "a hint of the other node arrives");
        var taken = await one.Locks.TryTakeAsync(Key, TimeSpan.FromSeconds(30), default);
        taken.Outcome.Should().Be(LoadLockOutcome.Taken);
        await one.Locks.ReleaseAsync(Key, taken.Owner);
        await one.UntilAsync(() => two.Locks.TryTakeAsync(Key, TimeSpan.FromSeconds(30), default).AsTask().GetAwaiter().GetResult().Outcome == LoadLockOutcome.Taken, "the lock is given back");
        (one.Log + two.Log.ToString()).Should().NotContain("NOPERM");
        var refused = ((RedisResult[])(await server.ExecuteAsync("ACL", "LOG"))!).Select(entry => (string)entry.ToDictionary()["object"]!);
        refused.Should().BeSubsetOf(["config|get"], "the client can do without that");
    }

    [Theory]
    [InlineData("-get")]
    [InlineData("-set")]
    [InlineData("-scan")]
    [InlineData("-time")]
    [InlineData("-subscribe")]
    [InlineData("-publish")]
    [InlineData("-info")]
    [InlineData("resetkeys")]
    [InlineData("resetchannels")]
    public async Task Tier_WhenItsUserLacksARight_SaysSoAndAnswersEveryCall(string lacking)
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var host = await RedisTierHost.StartAsync(await AddUserAsync(server, [.. Rights, lacking]), waitUntilAvailable: false);
        host.Hints.Subscribe(() => { });

        await host.UntilAsync(
            () =>
            {
                host.Hints.Publish();
                host.Locks.TryTakeAsync(Key, TimeSpan.FromSeconds(1), default).AsTask().GetAwaiter().GetResult();
                host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default).AsTask().GetAwaiter().GetResult();
                host.Tier.GetAsync(Key, default).AsTask().GetAwaiter().GetResult();
                host.Tier.GetStatusAsync(default).GetAwaiter().GetResult();
                host.Tier.PurgeAsync(CachePattern.All, default).GetAwaiter().GetResult();
                return host.Log.ToString().Contains("NOPERM", StringComparison.Ordinal);
            },
            "the log tells of the missing right");
        host.Log.ToString().Should().NotContain("p w").And.NotContain("sign-in:key");
    }

    [Fact]
    public async Task Start_WhenTheAuthorityFileIsNoneOrIsNotNeeded_FailsWithASentenceThatNamesIt()
    {
        var empty = Path.GetTempFileName();
        (string Url, string File)[] wrong = [("rediss://h", "/no/such/file.pem"), ("rediss://h", empty), ("redis://h", _certificates.AuthorityFile)];
        foreach (var (url, file) in wrong)
        {
            var start = () => RedisTierHost.StartAsync(url, waitUntilAvailable: false, settings: (CaFile, file));

            await start.Should().ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Cache__Redis__TlsCaFile*");
        }

        File.Delete(empty);
    }

    private static async Task WorksAsync(RedisTierHost host)
    {
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeTrue("{0}", host.Log);
        (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
        (await host.Tier.ListAsync(CachePattern.All, 10, default)).Entries.Should().ContainSingle("{0}", host.Log);
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("healthy");
        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().Be(1, "{0}", host.Log);
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeTrue();
        (await host.Tier.PurgeAsync(CachePattern.Exact(Key), default)).Should().Be(1, "{0}", host.Log);
    }

    private static async Task IsRefusedAsync(RedisTierHost host, string reason)
    {
        await host.UntilAsync(() => host.Log.ToString().Contains(reason, StringComparison.Ordinal), "the log says why");
        (await host.Tier.GetAsync(Key, default)).Should().Be(DistributedRead.Unavailable);
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeFalse();
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("unavailable");
    }

    private static async Task<string> AddUserAsync(RedisServer server, string[] rights)
    {
        await server.ExecuteAsync("ACL", ["SETUSER", "neuro", "on", ">p w", .. rights]);
        await server.ExecuteAsync("ACL", "LOG", "RESET");
        return $"redis://neuro:p%20w@{server.Address}";
    }

    private async Task<RedisServer> StartTlsAsync(string name)
    {
        var (certificate, key) = _certificates.Sign(name);
        return await RedisServer.StartTlsAsync(certificate, key, _certificates.AuthorityFile);
    }
}
