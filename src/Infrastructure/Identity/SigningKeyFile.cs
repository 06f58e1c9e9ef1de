using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Keeps the signing key in a file of the data directory that its owner alone may read. Safe for several processes at once.</summary>
internal static class SigningKeyFile
{
    /// <summary>The file's name.</summary>
    internal const string Name = "signing.key";

    private const int KeyBytes = 64;

    /// <summary>Reads the key, or makes it.</summary>
    /// <exception cref="SigningKeyException">The file is damaged or cannot be read or written.</exception>
    public static byte[] GetOrCreate(string directory)
    {
        var path = Path.Combine(directory, Name);
        try
        {
            Directory.CreateDirectory(directory);
            if (!File.Exists(path))
            {
                Create(path);
            }

            return Parse(File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException(
                $"The signing key '{Name}' in the data directory (DATA_DIR) cannot be read or written: make the directory writable for the service, or set Authentication:Jwt:Secret.");
        }
    }

    private static void Create(string path)
    {
        // Written aside and then given its name in one step, which fails where another process was faster: nobody reads half a key.
        var aside = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(aside, options))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
                file.Flush(flushToDisk: true);
            }

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

    /// <summary>Gives a file its name, unless another has that name: decided by the file system, in one step.</summary>
    private static void GiveName(string aside, string path)
    {
        // File.Move looks first and renames then: two processes may both find the name free, and the second replaces a key that is in use already.
        if (OperatingSystem.IsWindows() || Link(NullTerminated(aside), NullTerminated(path)) != 0)
        {
            File.Move(aside, path, overwrite: false);
        }
    }

    private static byte[] NullTerminated(string path) => [.. System.Text.Encoding.UTF8.GetBytes(path), 0];

    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link(byte[] existing, byte[] created);

    private static byte[] Parse(string text)
    {
        var bytes = new byte[KeyBytes * 2];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length) || length < SigningKeys.MinBytes)
        {
            throw new SigningKeyException(
                $"The signing key '{Name}' in the data directory (DATA_DIR) is damaged: restore it, or delete it, which signs everybody out.");
        }

        return bytes[..length];
    }
}
