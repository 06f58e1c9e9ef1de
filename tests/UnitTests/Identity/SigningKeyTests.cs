using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class SigningKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-key-");
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void File_WhenThereIsNone_IsMadeForItsOwnerAlone()
    {
        var key = Read().Keys.Single();

        key.Bytes.Should().HaveCount(64);
        Read().Keys.Single().Id.Should().Be(key.Id);
        _folder.GetFiles().Should().ContainSingle();
        if (!OperatingSystem.IsWindows())
        {
            _folder.GetFiles()[0].UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task File_WhenManyMakeItAtOnce_IsTheSameForAll()
    {
        using var start = new ManualResetEventSlim();
        var makers = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return Read().Keys.Single().Id;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        start.Set();

        var keys = await Task.WhenAll(makers);

        keys.Distinct().Should().ContainSingle();
        _folder.GetFiles().Should().ContainSingle();
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64 !")]
    [InlineData("c2hvcnQ=")]
    [InlineData("{key} yesterday")]
    [InlineData("{key}\nc2hvcnQ= 2026-01-01T00:00:00Z")]
    public void File_WhenItIsDamaged_SaysWhatToDo(string content)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, SigningKeyFile.Name), content.Replace("{key}", Convert.ToBase64String(new byte[64]), StringComparison.Ordinal));

        var read = () => Read();

        read.Should().Throw<SigningKeyException>().WithMessage("*signing.key*DATA_DIR*");
    }

    [Fact]
    public void Secret_WhenItIsTooShort_StopsTheStartWithASentence()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Authentication:Jwt:Secret", "too short")]).Build();

        var add = () => new ServiceCollection().AddIdentity(configuration);

        add.Should().Throw<OptionsValidationException>().WithMessage("*Authentication__Jwt__Secret*at least 32*").Which.Message.Should().NotContain("too short");
    }

    [Fact]
    public void PreviousSecret_WhenItIsTooShort_StopsTheStartWithASentence()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Authentication:Jwt:PreviousSecrets:0", new string('p', 32)), new("Authentication:Jwt:PreviousSecrets:1", "too short")]).Build();

        var add = () => new ServiceCollection().AddIdentity(configuration);

        add.Should().Throw<OptionsValidationException>().WithMessage("*Authentication__Jwt__PreviousSecrets__1*at least 32*").Which.Message.Should().NotContain("too short");
    }

    [Fact]
    public async Task GetAsync_WhenManyAsk_ReadsOnce()
    {
        var reads = 0;
        var gate = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = Keys(_ =>
        {
            Interlocked.Increment(ref reads);
            return gate.Task;
        });

        var asked = Enumerable.Range(0, 10).Select(_ => keys.GetAsync(CancellationToken.None)).ToList();
        keys.Current.Should().BeNull();
        gate.SetResult(new byte[64]);
        await Task.WhenAll(asked);

        reads.Should().Be(1);
        keys.Current.Should().NotBeNull();
    }

    [Fact]
    public async Task GetAsync_WhenTheReadFails_IsRefusedAtOnceForASecondAndThenReadAgain()
    {
        var reads = 0;
        var keys = Keys(_ => ++reads == 1 ? Task.FromException<byte[]>(new IOException()) : Task.FromResult(new byte[64]));

        await Refused();
        await Refused();
        reads.Should().Be(1);
        _clock.Advance(SigningKeys.RetryAfter);
        await keys.GetAsync(CancellationToken.None);

        reads.Should().Be(2);

        async Task Refused()
        {
            var get = () => keys.GetAsync(CancellationToken.None);
            await get.Should().ThrowAsync<OriginUnavailableException>();
        }
    }

    [Fact]
    public async Task GetAsync_WhenTheCallerGivesUp_GoesOnForTheOthers()
    {
        var gate = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var keys = Keys(_ => gate.Task);
        using var impatience = new CancellationTokenSource();
        var (impatient, patient) = (keys.GetAsync(impatience.Token), keys.GetAsync(CancellationToken.None));

        await impatience.CancelAsync();
        gate.SetResult(new byte[64]);

        await impatient.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await patient).Should().NotBeNull();
    }

    [Fact]
    public async Task RefreshAsync_WhenAskedOftenWithinASecond_ReadsOnce()
    {
        var reads = 0;
        var keys = Keys(_ => Task.FromResult(new byte[64 + reads++]));
        await keys.GetAsync(CancellationToken.None);

        for (var count = 0; count < 100; count++)
        {
            await keys.RefreshAsync(CancellationToken.None);
        }

        reads.Should().Be(1, "it was read within this second");
        _clock.Advance(SigningKeys.RetryAfter);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => keys.RefreshAsync(CancellationToken.None)));
        reads.Should().Be(2);
        keys.Current!.Keys.Single().Bytes.Should().HaveCount(65);
    }

    [Fact]
    public async Task RefreshAsync_WhenTheReadFails_KeepsWhatIsKnown()
    {
        var reads = 0;
        var keys = Keys(_ => ++reads == 1 ? Task.FromResult(new byte[64]) : Task.FromException<byte[]>(new OriginUnavailableException(StaleReason.OriginError)));
        var known = await keys.GetAsync(CancellationToken.None);

        _clock.Advance(SigningKeys.RetryAfter);
        await keys.RefreshAsync(CancellationToken.None);

        reads.Should().Be(2);
        keys.Current.Should().BeSameAs(known);
        (await keys.GetAsync(CancellationToken.None)).Should().BeSameAs(known);
    }

    private KeyRing Read() => new SigningKeyFile(() => _folder.FullName, _clock, []).ReadAsync(CancellationToken.None).GetAwaiter().GetResult();

    private SigningKeys Keys(Func<CancellationToken, Task<byte[]>> read) => new(new Store(read), _clock, NullLogger<SigningKeys>.Instance);

    private sealed class Store(Func<CancellationToken, Task<byte[]>> read) : ISigningKeyStore
    {
        public bool IsLocal => true;

        public async Task<KeyRing> ReadAsync(CancellationToken cancellationToken) => new([new SigningKey(await read(cancellationToken), null)], []);

        public Task<(SigningKey Key, bool IsNew)> RotateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RemoveRetiredAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
