using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Where the signing keys come from. Thread-safe, and safe for several processes at once.</summary>
internal interface ISigningKeyStore
{
    /// <summary>Whether it can be read without the database.</summary>
    bool IsLocal { get; }

    /// <summary>Reads the keys; makes the first where there is none.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    /// <exception cref="SigningKeyException">They are there and cannot be used.</exception>
    Task<KeyRing> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Makes a new key, and removes retired ones. While one waits for its first use, no other is made.</summary>
    /// <returns>The key that will sign, and whether it was made by this call.</returns>
    /// <exception cref="ConflictException">The key is configured: nobody can make another here.</exception>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    Task<(SigningKey Key, bool IsNew)> RotateAsync(CancellationToken cancellationToken);

    /// <summary>Removes retired keys.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    Task RemoveRetiredAsync(CancellationToken cancellationToken);
}

/// <summary>The key of the configuration.</summary>
internal sealed class ConfiguredSigningKey(byte[] secret, IReadOnlyList<SigningKey> previous) : ISigningKeyStore
{
    private readonly KeyRing _ring = new([new SigningKey(secret, null)], previous);

    public bool IsLocal => true;

    public Task<KeyRing> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(_ring);

    public Task<(SigningKey Key, bool IsNew)> RotateAsync(CancellationToken cancellationToken) => throw new ConflictException(
        $"The signing key is configured: put a new one into {IdentitySettings.SecretName} and the present one into {IdentitySettings.PreviousSecretsName}:0, on every node.");

    public Task RemoveRetiredAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>
/// The keys in the database, one row each: the first under <see cref="Name"/>, as it was before keys could be changed, each later one under that and a number.
/// A number is given once, so that of two nodes that rotate at once one makes the key and the other finds it.
/// </summary>
internal sealed class DatabaseSigningKeys(ServiceKeyStore store, TimeProvider clock, IReadOnlyList<SigningKey> previous) : ISigningKeyStore
{
    /// <summary>The name of the first key among the service keys.</summary>
    internal const string Name = "jwt-signing-key";

    public bool IsLocal => false;

    public async Task<KeyRing> ReadAsync(CancellationToken cancellationToken) => RingOf(await RowsAsync(cancellationToken).ConfigureAwait(false));

    public async Task<(SigningKey Key, bool IsNew)> RotateAsync(CancellationToken cancellationToken)
    {
        await RemoveRetiredAsync(cancellationToken).ConfigureAwait(false);
        var rows = await RowsAsync(cancellationToken).ConfigureAwait(false);
        if (RingOf(rows).Pending(clock.UtcNow()) is { } pending)
        {
            return (pending, false);
        }

        var next = ServiceKeyStore.NextName(Name, rows);
        var bytes = SigningKey.NewKey();
        var isNew = await store.TryAddAsync(next, bytes, RingOf(rows).NextCreation(DateTime.MinValue), cancellationToken).ConfigureAwait(false);
        rows = await RowsAsync(cancellationToken).ConfigureAwait(false);
        var made = rows.Single(row => row.Name == next);
        return (new SigningKey(made.Value, made.CreatedAt), isNew);
    }

    public async Task RemoveRetiredAsync(CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(cancellationToken).ConfigureAwait(false);
        var retired = RingOf(rows).Retired(clock.UtcNow()).Select(key => key.Id).ToHashSet(StringComparer.Ordinal);
        var names = rows.Where(row => retired.Contains(new SigningKey(row.Value, row.CreatedAt).Id)).Select(row => row.Name).ToList();
        if (names.Count > 0)
        {
            await store.RemoveAsync(names, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<Persistence.Model.ServiceKey>> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = await store.ReadSeriesAsync(Name, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            await store.GetOrCreateAsync(Name, SigningKey.NewKey, cancellationToken).ConfigureAwait(false);
            rows = await store.ReadSeriesAsync(Name, cancellationToken).ConfigureAwait(false);
        }

        return rows;
    }

    private KeyRing RingOf(IReadOnlyList<Persistence.Model.ServiceKey> rows) => new(rows.Select(row => new SigningKey(row.Value, row.CreatedAt)), previous);
}
