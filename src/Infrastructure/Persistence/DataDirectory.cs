using Microsoft.Extensions.Configuration;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>The folder of the embedded database and of the signing key: <c>DATA_DIR</c>, <c>./data</c> where it is not set. Made when first asked for.</summary>
internal sealed class DataDirectory(IConfiguration configuration)
{
    private readonly Lazy<string> _path = new(() => Make(configuration["DATA_DIR"]));

    /// <summary>Its full path; it exists.</summary>
    /// <exception cref="InvalidOperationException">It cannot be made.</exception>
    public string FullPath => _path.Value;

    private static string Make(string? configured)
    {
        var path = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(configured) ? "data" : configured);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                // The signing key lies in it: nobody else's business.
                Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"DATA_DIR names the folder {path}, which cannot be made or written.", e);
        }

        return path;
    }
}
