using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Keeps the signing keys in a file of the data directory that its owner alone may read: a line each, the key in base64 and, but for a first key, a space and
/// the time of its making. Replaced in one step, never written in place. Safe for several processes at once.
/// </summary>
internal sealed class SigningKeyFile(Func<string> directory, TimeProvider clock, IReadOnlyList<SigningKey> previous) : ISigningKeyStore
{
    /// <summary>The file's name.</summary>
    internal const string Name = "signing.key";

    private const string Advice = "make the directory writable for the service and see that the disk has room, or set Authentication:Jwt:Secret.";
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ssZ";

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);

    public bool IsLocal => true;

    private string FilePath => Path.Combine(directory(), Name);

    public Task<KeyRing> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(Guarded(Read));

    public async Task<(SigningKey Key, bool IsNew)> RotateAsync(CancellationToken cancellationToken)
    {
        var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            return Guarded(() =>
            {
                var (ring, now) = (Read(), clock.UtcNow());
                if (ring.Pending(now) is { } pending)
                {
                    return (pending, false);
                }

                var key = new SigningKey(SigningKey.NewKey(), ring.NextCreation(now));
                Replace(ring.Keys.Except(ring.Retired(now)).Append(key));
                return (key, true);
            });
        }
    }

    public async Task RemoveRetiredAsync(CancellationToken cancellationToken)
    {
        if (Guarded(Read).Retired(clock.UtcNow()).Count == 0)
        {
            return;
        }

        var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            Guarded(() =>
            {
                var ring = Read();
                Replace(ring.Keys.Except(ring.Retired(clock.UtcNow())));
                return true;
            });
        }
    }

    private KeyRing Read()
    {
        Directory.CreateDirectory(directory());
        var path = FilePath;
        if (!File.Exists(path))
        {
            var aside = WriteAside([new SigningKey(SigningKey.NewKey(), null)]);
            try
            {
                GiveName(aside, path);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process made it first: its key is the key.
            }
            finally
            {
                File.Delete(aside);
            }
        }

        return new KeyRing(Parse(File.ReadAllText(path)), previous);
    }

    private void Replace(IEnumerable<SigningKey> keys)
    {
        var aside = WriteAside(keys);
        try
        {
            File.Move(aside, FilePath, overwrite: true);
        }
        finally
        {
            File.Delete(aside);
        }
    }

    private string WriteAside(IEnumerable<SigningKey> keys)
    {
        // Written aside and then given its name in one step: nobody reads half a key.
        var aside = $"{FilePath}.{Guid.NewGuid():N}";
        var text = string.Join('\n', keys.Select(key => $"{Convert.ToBase64String(key.Bytes)} {key.CreatedAt?.ToString(TimeFormat, CultureInfo.InvariantCulture)}".TrimEnd()));
        try
        {
            using var file = new FileStream(aside, ForOwner(FileMode.CreateNew));
            FileOwner.Copy(FilePath, file.SafeFileHandle);
            file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
            return aside;
        }
        catch
        {
            // A full disk leaves no half key behind.
            File.Delete(aside);
            throw;
        }
    }

    private static FileStreamOptions ForOwner(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    /// <summary>Lets one process at a time change the file. The lock goes with the process, however that ends.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var path = FilePath + ".lock";
        Guarded(() => Directory.CreateDirectory(directory()));
        while (true)
        {
            try
            {
                return OpenLock(path);
            }
            catch (IOException) when (File.Exists(path) && clock.GetElapsedTime(started) < LockPatience)
            {
                await Task.Delay(LockRetry, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw Unusable();
            }
        }
    }

    private FileStream OpenLock(string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                var made = new FileStream(path, ForOwner(FileMode.CreateNew));
                FileOwner.Copy(FilePath, made.SafeFileHandle);
                return made;
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process made it first.
            }
        }

        return new FileStream(path, ForOwner(FileMode.OpenOrCreate));
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable();
        }
    }

    private static SigningKeyException Unusable() => new($"The signing key '{Name}' in the data directory (DATA_DIR) cannot be read or written: {Advice}");

    /// <summary>Gives a file its name, unless another has that name: decided by the file system, in one step.</summary>
    private static void GiveName(string aside, string path)
    {
        // File.Move looks first and renames then: two processes may both find the name free, and the second replaces a key that is in use already.
        if (OperatingSystem.IsWindows() || Link(FileOwner.NullTerminated(aside), FileOwner.NullTerminated(path)) != 0)
        {
            File.Move(aside, path, overwrite: false);
        }
    }

    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link(byte[] existing, byte[] created);

    private static List<SigningKey> Parse(string text)
    {
        var keys = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseLine).ToList();
        return keys.Count > 0 ? keys : throw Damaged();
    }

    private static SigningKey ParseLine(string line)
    {
        var parts = line.Split(' ', 2);
        var bytes = new byte[line.Length];
        if (!Convert.TryFromBase64String(parts[0], bytes, out var length) || length < SigningKey.MinBytes)
        {
            throw Damaged();
        }

        if (parts.Length == 1)
        {
            return new SigningKey(bytes[..length], null);
        }

        return DateTime.TryParseExact(
            parts[1], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var createdAt)
            ? new SigningKey(bytes[..length], createdAt)
            : throw Damaged();
    }

    private static SigningKeyException Damaged() =>
        new($"The signing key '{Name}' in the data directory (DATA_DIR) is damaged: restore it, or delete it, which signs everybody out.");
}
