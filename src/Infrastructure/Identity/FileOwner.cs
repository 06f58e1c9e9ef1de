using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Whose a file is. A verb of the executable that is run by root must not take a file away from the account that the service runs with. Does nothing but on Linux,
/// and for anybody but root: whoever else replaces a file has to be its owner.
/// </summary>
internal static class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint OwnerAndGroup = 0x18;

    // Of the kernel's struct statx, which is the same on every machine.
    private const int Length = 256;
    private const int OwnerAt = 20;
    private const int GroupAt = 24;

    /// <summary>Gives a file that was just made the owner and the group of another; leaves it where that is not there.</summary>
    /// <param name="from">The other.</param>
    /// <param name="to">The file, open: a path could be made to lead somewhere else meanwhile by whoever owns the folder.</param>
    public static void Copy(string from, SafeFileHandle to)
    {
        var status = new byte[Length];
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Statx(CurrentFolder, NullTerminated(from), 0, OwnerAndGroup, status) == 0)
        {
            _ = ChownOpen(to, Read(status, OwnerAt), Read(status, GroupAt));
        }
    }

    /// <summary>A path as the system's functions take it.</summary>
    internal static byte[] NullTerminated(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    [DllImport("libc", EntryPoint = "chown")]
    internal static extern int Chown(byte[] path, uint owner, uint group);

    [DllImport("libc", EntryPoint = "fchown")]
    private static extern int ChownOpen(SafeFileHandle file, uint owner, uint group);

    private static uint Read(byte[] status, int at) => MemoryMarshal.Read<uint>(status.AsSpan(at));

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int Statx(int folder, byte[] path, int flags, uint mask, [Out] byte[] status);
}
